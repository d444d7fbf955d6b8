import { sql } from "drizzle-orm";
import type { Database } from "../database/index.ts";

/** The PostgreSQL channel that notifies workers of new deliveries. */
export const workChannel = "sor_deliveries";

/**
 * Wakes the workers of all processes. Sent after the commit, not within the transaction: a transaction with a NOTIFY holds a
 * global lock while it commits, which would serialise all commits.
 */
export async function announceWork(db: Database): Promise<void> {
  await db.execute(sql`select pg_notify(${workChannel}, '')`);
}
