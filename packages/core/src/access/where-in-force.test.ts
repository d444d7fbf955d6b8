import { beforeAll, describe, expect, test } from "vitest";
import { type Database, newId } from "../database/index.ts";
import { isInForce } from "../permissions/index.ts";
import { aSupplier, testDatabase } from "../testing/index.ts";
import { apiKeys, grants, sessions, users } from "./tables.ts";
import { whereInForce } from "./where-in-force.ts";

const at = (seconds: number) => new Date(Date.parse("2026-03-01T10:00:00Z") + seconds * 1000);
const now = at(0);
let db: Database;
let supplierId: string;

beforeAll(async () => {
  db = await testDatabase();
  supplierId = await aSupplier(db, "Leverandør");
});

async function aUserRow(deactivatedAt: Date | null = null) {
  const id = newId();
  const who = { name: id, username: id, email: `${id}@example.org` };
  const [row] = await db
    .insert(users)
    .values({ id, ...who, createdAt: now, updatedAt: now, deactivatedAt })
    .returning();
  if (!row) throw new Error("no user was added");
  return row;
}

type Instant = Date | null;

describe("the rule in the program and the one in SQL say the same of", () => {
  test.each<[string, Date, Instant, boolean]>([
    ["that begins later", at(1), null, false],
    ["that begins now", at(0), null, true],
    ["that has begun", at(-1), at(1), true],
    ["that ends now", at(-1), at(0), false],
    ["that has ended", at(-2), at(-1), false],
  ])("a grant %s", async (_, validFrom, validTo, expected) => {
    const { id: userId } = await aUserRow();
    const wanted = { id: newId(), userId, role: "reader", scopeKind: "all", validFrom, validTo } as const;
    const [row] = await db.insert(grants).values(wanted).returning();
    const ids = (await db.select().from(grants).where(whereInForce(grants, now))).map(({ id }) => id);
    expect([row && isInForce(row, now), ids.includes(wanted.id)]).toEqual([expected, expected]);
  });

  test.each<[string, Instant, Instant, boolean]>([
    ["without end", null, null, true],
    ["that ends later", at(1), null, true],
    ["that ends now", at(0), null, false],
    ["that was revoked", at(1), at(-1), false],
    ["that a process with a clock ahead revoked", null, at(1), false],
  ])("a key %s", async (_, expiresAt, revokedAt, expected) => {
    const id = newId();
    const wanted = { id, supplierId, name: id, keyHash: id, start: "", scopes: [], createdAt: now };
    const [row] = await db
      .insert(apiKeys)
      .values({ ...wanted, expiresAt, revokedAt })
      .returning();
    const ids = (await db.select().from(apiKeys).where(whereInForce(apiKeys, now))).map((key) => key.id);
    expect([row && isInForce(row, now), ids.includes(id)]).toEqual([expected, expected]);
  });

  test.each<[string, Date, boolean]>([
    ["that ends later", at(1), true],
    ["that ends now", at(0), false],
  ])("a session %s", async (_, expiresAt, expected) => {
    const { id: userId } = await aUserRow();
    const id = newId();
    const times = { expiresAt, createdAt: now, updatedAt: now };
    const [row] = await db
      .insert(sessions)
      .values({ id, token: id, userId, ...times })
      .returning();
    const ids = (await db.select().from(sessions).where(whereInForce(sessions, now))).map((one) => one.id);
    expect([row && isInForce(row, now), ids.includes(id)]).toEqual([expected, expected]);
  });

  test.each<[string, Instant, boolean]>([
    ["that is active", null, true],
    ["that was deactivated", at(-1), false],
    ["that a process with a clock ahead deactivated", at(1), false],
  ])("a user %s", async (_, deactivatedAt, expected) => {
    const row = await aUserRow(deactivatedAt);
    const ids = (await db.select().from(users).where(whereInForce(users, now))).map(({ id }) => id);
    expect([isInForce(row, now), ids.includes(row.id)]).toEqual([expected, expected]);
  });
});
