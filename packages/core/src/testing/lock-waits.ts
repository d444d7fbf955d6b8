import { sql } from "drizzle-orm";
import { expect } from "vitest";
import type { Database } from "../database/index.ts";

/** How many connections to this database wait for a lock held by another. */
export async function lockWaits(db: Database): Promise<number> {
  const { rows } = await db.execute(
    sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length;
}

/** Resolves when `count` connections wait for a lock; fails the test after a timeout. */
export async function untilLockWaits(db: Database, count: number): Promise<void> {
  await expect.poll(() => lockWaits(db), { timeout: 30_000 }).toBe(count);
}
