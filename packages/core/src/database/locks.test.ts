import { beforeAll, expect, test } from "vitest";
import { testDatabase } from "../testing/index.ts";
import type { Database } from "./connect.ts";
import { tryLock, tryLocks } from "./locks.ts";

let db: Database;
beforeAll(async () => {
  db = await testDatabase();
});

test("different locks never block one another; the same lock is held by one transaction", async () => {
  await db.transaction(async (first) => {
    expect(await tryLock(first, "unit-tree")).toBe(true);
    expect(await tryLock(first, "requests", "a")).toBe(true);
    await db.transaction(async (second) => {
      expect(await tryLock(second, "administrators")).toBe(true);
      expect(await tryLock(second, "unit-tree")).toBe(false);
      expect(await tryLocks(second, "requests", ["a", "b"])).toEqual(new Set(["b"]));
      expect(await tryLock(second, "resends", "a")).toBe(true);
    });
  });
  await db.transaction(async (tx) => expect(await tryLock(tx, "unit-tree")).toBe(true));
});
