import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { suppliers } from "../endpoints/tables.ts";
import { type Gln, makeSorId, type SorId } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import { type Actor, may, type Subject } from "../permissions/index.ts";
import { testDatabase } from "../testing/index.ts";
import { createKey, revokeKey } from "./create-key.ts";
import { createDemoKey } from "./demo-accounts.ts";
import { actorForKey, actorForKeyId, actorsForKeys } from "./key-actor.ts";
import { listKeys } from "./list-keys.ts";
import { newKeyText } from "./secrets.ts";
import { apiKeys } from "./tables.ts";

const now = new Date();
const seconds = (count: number) => new Date(now.getTime() + count * 1000);
const days = (count: number) => seconds(count * 86_400);
const gln = "5790000123117" as Gln;

function administrator(supplierId: string): Actor {
  const scope = { kind: "supplier", supplierId } as const;
  const grants = [{ role: "vendor-administrator", scope, validFrom: days(-1), validTo: null } as const];
  return { kind: "user", id: newId(), name: "Anna", supplierId, grants };
}

async function vendor() {
  const db = await testDatabase();
  const [supplierId, otherId] = [newId(), newId()];
  await db.insert(suppliers).values([
    { id: supplierId, name: "Ours" },
    { id: otherId, name: "Theirs" },
  ]);
  const ctx = createContext(db, administrator(supplierId), now);
  const wanted = {
    supplierId,
    name: "Test",
    scopes: ["interchanges:send" as const],
    glns: null as Gln[] | null,
    expiresAt: days(90),
  };
  return { db, ctx, supplierId, otherId, wanted };
}

const lastUsed = async (db: Database) => (await db.select().from(apiKeys))[0]?.lastUsedAt;

test("a key is shown once, stored as its hash, and has its vendor, scopes and location numbers", async () => {
  const { db, ctx, supplierId, wanted } = await vendor();
  const { key, id } = await createKey(ctx, { ...wanted, glns: [gln] });
  expect(key).toMatch(/^sor_[A-Za-z0-9_-]{43}$/);
  const kept = JSON.stringify([await db.select().from(apiKeys), await listJournal(db, { limit: 10 })]);
  expect(kept).not.toContain(key);
  expect(kept).not.toContain(key.slice(12));
  const answer = await actorForKey(db, key, now);
  if (answer.state !== "valid") throw new Error(answer.state);
  expect(answer.actor).toMatchObject({ kind: "key", id, supplierId, limitedTo: [gln] });
  const subject: Subject = { type: "interchange", id: "1", supplierId, glns: [gln] };
  expect(may(answer.actor, "interchange.send", subject, now)).toBe(true);
  expect(may(answer.actor, "message.read", subject, now)).toBe(false);
  expect(may(answer.actor, "interchange.send", { ...subject, glns: ["5790000000005"] }, now)).toBe(false);
});

test("unknown, expired and revoked keys are distinguished", async () => {
  const { db, ctx, wanted } = await vendor();
  const expiring = await createKey(ctx, { ...wanted, expiresAt: days(1) });
  const revoked = await createKey(ctx, wanted);
  await revokeKey(ctx, revoked.id);
  expect(await actorForKey(db, expiring.key, days(1))).toEqual({ state: "expired" });
  expect(await actorForKey(db, revoked.key, now)).toEqual({ state: "revoked" });
  for (const text of [newKeyText(), "", "sor_", "'; drop table api_keys; --", "\u0000", "x".repeat(10_000)]) {
    expect(await actorForKey(db, text, now)).toEqual({ state: "unknown" });
  }
  const states = (await listKeys(ctx, wanted.supplierId)).map((one) => one.state);
  expect(states.sort()).toEqual(["revoked", "valid"]);
});

test("a revoked key works for at most 5 more seconds, a new one at once", async () => {
  const { db, ctx, wanted } = await vendor();
  const { key, id } = await createKey(ctx, wanted);
  expect(await actorForKey(db, key, now)).toMatchObject({ state: "valid" });
  await revokeKey(ctx, id);
  expect(await actorForKey(db, key, seconds(4.9))).toMatchObject({ state: "valid" });
  expect(await actorForKey(db, key, seconds(5))).toEqual({ state: "revoked" });

  const made = newKeyText();
  expect(await actorForKey(db, made, now)).toEqual({ state: "unknown" });
  await createDemoKey(ctx, { ...wanted, key: made });
  expect(await actorForKey(db, made, seconds(5))).toMatchObject({ state: "valid" });
});

test("the keys of a deactivated supplier are suspended, and work again when it is reactivated", async () => {
  const { db, ctx, supplierId, wanted } = await vendor();
  const { key, id } = await createKey(ctx, wanted);
  const setActive = (isActive: boolean) =>
    db.update(suppliers).set({ isActive }).where(eq(suppliers.id, supplierId));
  await setActive(false);
  expect(await actorForKey(db, key, now)).toEqual({ state: "supplier-deactivated" });
  expect(await actorForKeyId(db, id, now)).toBeUndefined();
  await setActive(true);
  expect(await actorForKey(db, key, seconds(5))).toMatchObject({ state: "valid" });
  expect([...(await actorsForKeys(db, [id, newId()], now)).keys()]).toEqual([id]);
});

test("an expiry within the 5 seconds takes effect at once", async () => {
  const { db, ctx, wanted } = await vendor();
  const { key } = await createKey(ctx, { ...wanted, expiresAt: seconds(2) });
  expect(await actorForKey(db, key, now)).toMatchObject({ state: "valid" });
  expect(await actorForKey(db, key, seconds(2))).toEqual({ state: "expired" });
});

test("thousands of unknown keys do not evict one in use, nor query the database twice", async () => {
  const { db, ctx, wanted } = await vendor();
  const { key } = await createKey(ctx, wanted);
  await actorForKey(db, key, now);
  const strangers = Array.from({ length: 300 }, newKeyText);
  for (const one of strangers) await actorForKey(db, one, now);
  const { pool, queries } = countQueries(db);
  await actorForKey(db, key, seconds(1));
  for (const one of strangers) await actorForKey(db, one, seconds(1));
  expect(queries()).toBe(0);
  await Promise.all(strangers.slice(0, 20).map(() => actorForKey(db, key, seconds(6))));
  expect(queries()).toBe(1);
  pool.restore();
});

function countQueries(db: Database) {
  const client = db.$client;
  const original = client.query;
  let count = 0;
  client.query = ((...args: Parameters<typeof original>) => {
    count += 1;
    return original.apply(client, args);
  }) as typeof original;
  const restore = () => {
    client.query = original;
  };
  return { pool: { restore }, queries: () => count };
}

test("the time of last use is written at most once a minute", async () => {
  const { db, ctx, wanted } = await vendor();
  const { key } = await createKey(ctx, wanted);
  for (const at of [0, 6, 30, 59]) await actorForKey(db, key, seconds(at));
  expect(await lastUsed(db)).toEqual(now);
  await actorForKey(db, key, seconds(66));
  expect(await lastUsed(db)).toEqual(seconds(66));
});

test("another vendor's keys cannot be seen, created or revoked; refusals are journalled", async () => {
  const { db, ctx, otherId, wanted } = await vendor();
  const theirs = createContext(db, administrator(otherId), now);
  const { id, key } = await createKey(ctx, wanted);
  await expect(listKeys(theirs, wanted.supplierId)).rejects.toMatchObject({ code: "not-allowed" });
  const past = { ...wanted, expiresAt: days(-1) };
  for (const asked of [wanted, past]) {
    await expect(createKey(theirs, asked)).rejects.toMatchObject({ code: "not-allowed" });
  }
  await expect(revokeKey(theirs, newId())).rejects.toMatchObject({ code: "not-found" });
  await expect(revokeKey(theirs, id)).rejects.toMatchObject({ code: "not-found" });
  const [entry] = await listJournal(db, { limit: 1 });
  expect(entry).toMatchObject({ action: "key.edit", outcome: "refused", subjectId: id });
  expect(await actorForKey(db, key, now)).toMatchObject({ state: "valid" });
  const anonymous = createContext(db, { kind: "anonymous" }, now);
  await expect(createKey(anonymous, wanted)).rejects.toMatchObject({ code: "not-signed-in" });
});

test.each([
  ["now", 0],
  ["in the past", -1],
  ["in more than two years", 800],
])("a key that ends %s is refused", async (_name, end) => {
  const { ctx, wanted } = await vendor();
  await expect(createKey(ctx, { ...wanted, expiresAt: days(end) })).rejects.toMatchObject({
    code: "invalid",
    details: { field: "expiresAt" },
  });
});

test("a key deleted from the table is unknown", async () => {
  const { db, ctx, wanted } = await vendor();
  const { key, id } = await createKey(ctx, wanted);
  await db.delete(apiKeys).where(eq(apiKeys.id, id));
  expect(await actorForKey(db, key, now)).toEqual({ state: "unknown" });
});

test("only the authority gives a key a part of the register, and the key may edit no other", async () => {
  const { db, ctx, supplierId, wanted } = await vendor();
  const scopes = ["register:write" as const];
  const own = createKey(ctx, { ...wanted, scopes, registerPart: "all" });
  await expect(own).rejects.toMatchObject({ code: "not-allowed" });
  const grants = [{ role: "authority", scope: { kind: "all" }, validFrom: days(-1), validTo: null } as const];
  const authority = { kind: "user", id: newId(), name: "Bo", supplierId: null, grants } as const;
  const given = async (registerPart?: "all" | SorId) => {
    const { key } = await createKey(createContext(db, authority, now), { ...wanted, scopes, registerPart });
    const answer = await actorForKey(db, key, now);
    if (answer.state !== "valid") throw new Error(answer.state);
    return answer.actor;
  };
  const top = makeSorId(1) as SorId;
  const inside: Subject = { type: "unit", id: makeSorId(2), unitPath: [makeSorId(2), top], supplierId };
  const outside: Subject = { type: "unit", id: makeSorId(3), unitPath: [makeSorId(3)] };
  const [none, part, all] = [await given(), await given(top), await given("all")];
  const rights = [none, part, all].map((actor) =>
    [inside, outside].map((subject) => may(actor, "unit.edit", subject, now)),
  );
  expect(rights).toEqual([
    [false, false],
    [true, false],
    [true, true],
  ]);
  const levels: Subject = { type: "register", id: "level" };
  expect([part, all].map((actor) => may(actor, "register.configure", levels, now))).toEqual([false, true]);
  expect(may(all, "role.grant", levels, now)).toBe(false);
});
