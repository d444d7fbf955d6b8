import { and, eq, gt, isNull, lte, or } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { putAccountMail } from "./account-mails.ts";
import type { NewKey } from "./schemas.ts";
import { hashSecret, newKeyText } from "./secrets.ts";
import { apiKeys, grants, users } from "./tables.ts";

const keyDaysMax = 2 * 366;
const startCharacters = 10;
const administratorsTold = 20;

/** A new key: `key` is the secret itself, told this once. */
export type CreatedKey = { id: string; key: string; start: string; expiresAt: Date };

/**
 * Makes a key for a vendor's program; it ends within two years. Throws `invalid` for another end, `conflict` for a
 * supplier that is not there, `not-allowed` to who does not administer the vendor.
 */
export async function createKey(ctx: Context, input: NewKey): Promise<CreatedKey> {
  return await addKey(ctx, input, newKeyText(), () => {
    const latest = new Date(ctx.now.getTime() + keyDaysMax * 86_400_000);
    if (input.expiresAt > ctx.now && input.expiresAt <= latest) return;
    throw new DomainError("invalid", "A key ends in the future, within two years.", { field: "expiresAt" });
  });
}

/** Writes a key whose text is given; `judge` is asked, and may throw, once the actor is known to have the right. */
export async function addKey(
  ctx: Context,
  input: NewKey,
  key: string,
  judge?: () => void,
): Promise<CreatedKey> {
  const { supplierId, name, scopes, glns, expiresAt } = input;
  const id = newId();
  const start = key.slice(0, startCharacters);
  const subject = { type: "key", id, supplierId } as const;
  return await change(ctx, { action: "key.edit", subject }, async (tx) => {
    judge?.();
    await tx.insert(apiKeys).values({
      id,
      supplierId,
      name,
      keyHash: hashSecret(key),
      start,
      scopes,
      glns,
      createdAt: ctx.now,
      expiresAt,
    });
    await tellAdministrators(tx, ctx, { supplierId, name });
    const after = { supplierId, name, start, scopes, glns, expiresAt };
    return {
      result: { id, key, start, expiresAt },
      entries: [{ subjectType: "key", subjectId: id, after }],
    };
  });
}

/** A key is as good as a login: who administers the vendor is told of every new one, also who made it. */
async function tellAdministrators(
  tx: Transaction,
  ctx: Context,
  made: { supplierId: string; name: string },
): Promise<void> {
  const { actor, now } = ctx;
  if (actor.kind !== "user") return;
  const administers = and(
    eq(grants.role, "vendor-administrator"),
    eq(grants.scopeSupplierId, made.supplierId),
    lte(grants.validFrom, now),
    or(isNull(grants.validTo), gt(grants.validTo, now)),
  );
  const told = await tx
    .selectDistinct({ id: users.id })
    .from(users)
    .leftJoin(grants, eq(grants.userId, users.id))
    .where(and(isNull(users.deactivatedAt), or(eq(users.id, actor.id), administers)))
    .limit(administratorsTold);
  const details = { key: made.name, by: actor.name };
  for (const { id } of told) await putAccountMail(tx, { userId: id, kind: "key-made", details }, now);
}

/** Ends a key for good; programs that use it are refused within 5 seconds. Throws `not-found`. */
export async function revokeKey(ctx: Context, keyId: string): Promise<void> {
  const load = async (tx: Transaction) => {
    const [row] = await tx.select().from(apiKeys).where(eq(apiKeys.id, keyId)).for("update");
    if (!row) throw new DomainError("not-found", "There is no such key.", { keyId });
    return row;
  };
  const subject = async (tx: Transaction) => {
    const { id, supplierId } = await load(tx);
    return { type: "key", id, supplierId } as const;
  };
  await change(ctx, { action: "key.edit", subject }, async (tx) => {
    const row = await load(tx);
    if (row.revokedAt !== null) return { result: undefined, entries: [] };
    await tx.update(apiKeys).set({ revokedAt: ctx.now }).where(eq(apiKeys.id, keyId));
    const { supplierId, name, start } = row;
    const [before, after] = [
      { supplierId, name, start, revoked: false },
      { supplierId, name, start, revoked: true },
    ];
    return { result: undefined, entries: [{ subjectType: "key", subjectId: keyId, before, after }] };
  });
}
