import { and, eq, getTableColumns, inArray, isNull, lt, or } from "drizzle-orm";
import type { Database, ReadDatabase } from "../database/index.ts";
import { suppliers } from "../endpoints/tables.ts";
import type { Actor, Grant } from "../permissions/index.ts";
import { stateOfKey } from "./list-keys.ts";
import { hashSecret, isKeyText } from "./secrets.ts";
import { apiKeys } from "./tables.ts";

type KeyActor = Extract<Actor, { kind: "key" }>;

/** The result of a key check. Only `valid` gives an actor; the others say why not. */
export type KeyAnswer =
  | {
      state: "valid";
      actor: KeyActor /** The only address ranges it may be used from; null: any. */;
      networks: string[] | null;
    }
  | { state: "unknown" }
  | { state: "expired" }
  | { state: "revoked" }
  /** The key itself stands, but its supplier is deactivated. */
  | { state: "supplier-deactivated" };

const cacheSeconds = 5;
const lastUsedSeconds = 60;
const knownMax = 10_000;
const unknownMax = 10_000;

type KeyRow = typeof apiKeys.$inferSelect & { isSupplierActive: boolean };
type Cached = { until: number; row: Promise<KeyRow | undefined> };
type KeyCache = { known: Map<string, Cached>; unknown: Map<string, number> };

const caches = new WeakMap<Database, KeyCache>();

function cacheOf(db: Database): KeyCache {
  const cache = caches.get(db) ?? { known: new Map(), unknown: new Map() };
  caches.set(db, cache);
  return cache;
}

/** Evicts the oldest entry when full: a map keeps insertion order. */
function makeRoom(map: Map<string, unknown>, entriesMax: number): void {
  if (map.size < entriesMax) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

const selectKeys = (db: ReadDatabase) =>
  db
    .select({ ...getTableColumns(apiKeys), isSupplierActive: suppliers.isActive })
    .from(apiKeys)
    .innerJoin(suppliers, eq(suppliers.id, apiKeys.supplierId));

async function loadKey(db: Database, keyHash: string, now: Date): Promise<KeyRow | undefined> {
  const [row] = await selectKeys(db).where(eq(apiKeys.keyHash, keyHash));
  if (!row || answerOf(row, now).state !== "valid") return row;
  const before = new Date(now.getTime() - lastUsedSeconds * 1000);
  if (row.lastUsedAt === null || row.lastUsedAt < before) {
    await db
      .update(apiKeys)
      .set({ lastUsedAt: now })
      .where(and(eq(apiKeys.id, row.id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, before))));
  }
  return row;
}

// Unknown keys have their own cache, so that a flood of guesses cannot evict keys in use.
async function findKey(db: Database, keyHash: string, now: Date): Promise<KeyRow | undefined> {
  const { known, unknown } = cacheOf(db);
  const time = now.getTime();
  if ((unknown.get(keyHash) ?? 0) > time) return undefined;
  const cached = known.get(keyHash);
  if (cached && cached.until > time) return await cached.row;

  const fresh: Cached = { until: time + cacheSeconds * 1000, row: loadKey(db, keyHash, now) };
  known.delete(keyHash);
  makeRoom(known, knownMax);
  known.set(keyHash, fresh);
  const forget = () => {
    if (known.get(keyHash) === fresh) known.delete(keyHash);
  };
  const row = await fresh.row.catch((error: unknown) => {
    forget();
    throw error;
  });
  if (!row) {
    forget();
    unknown.delete(keyHash);
    makeRoom(unknown, unknownMax);
    unknown.set(keyHash, time + cacheSeconds * 1000);
  }
  return row;
}

/** The current actor of a key by its id; undefined when the key is no longer valid. */
export async function actorForKeyId(db: ReadDatabase, id: string, now: Date): Promise<KeyActor | undefined> {
  return (await actorsForKeys(db, [id], now)).get(id);
}

/** The current actors of keys by their ids, without keys that are no longer valid. */
export async function actorsForKeys(
  db: ReadDatabase,
  ids: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, KeyActor>> {
  if (ids.length === 0) return new Map();
  const rows = await selectKeys(db).where(inArray(apiKeys.id, [...new Set(ids)]));
  const answers = rows.map((row) => answerOf(row, now));
  return new Map(
    answers.flatMap((answer) => (answer.state === "valid" ? [[answer.actor.id, answer.actor]] : [])),
  );
}

function answerOf(row: KeyRow | undefined, now: Date): KeyAnswer {
  if (!row) return { state: "unknown" };
  const state = stateOfKey(row, now);
  if (state !== "valid") return { state };
  // Keys of a supplier deactivated by the authority are suspended, and work again when it is reactivated.
  if (!row.isSupplierActive) return { state: "supplier-deactivated" };
  const grants = grantsOf(row);
  const { id, name, supplierId, scopes, glns } = row;
  return {
    state,
    networks: row.networks,
    actor: { kind: "key", id, name, supplierId, scopes, grants, limitedTo: glns },
  };
}

/** A key has its supplier's rights, and those of the authority or a region in the part of the register that it may edit. */
function grantsOf({ supplierId, registerPart, createdAt, expiresAt }: KeyRow): Grant[] {
  const period = { validFrom: createdAt, validTo: expiresAt };
  const own: Grant = { role: "vendor-editor", scope: { kind: "supplier", supplierId }, ...period };
  if (registerPart === null) return [own];
  if (registerPart === "all") return [own, { role: "authority", scope: { kind: "all" }, ...period }];
  return [own, { role: "region", scope: { kind: "subtree", sorId: registerPart }, ...period }];
}

/**
 * Authenticates a program by its key. Results are cached for at most 5 seconds in a bounded cache; the time of last use is
 * written at most once a minute. Throws only for database errors, never for client input.
 */
export async function actorForKey(db: Database, key: string, now: Date): Promise<KeyAnswer> {
  if (!isKeyText(key)) return { state: "unknown" };
  return answerOf(await findKey(db, hashSecret(key), now), now);
}
