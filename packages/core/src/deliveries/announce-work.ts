import { sql } from "drizzle-orm";
import type { Database } from "../database/index.ts";

/** The PostgreSQL channel on which workers hear that there is something to deliver. */
export const workChannel = "sor_deliveries";

/**
 * Wakes the workers of all processes. Sent by itself after the commit, since a notice within the transaction would make all
 * commits wait for one another.
 */
export async function announceWork(db: Database): Promise<void> {
  await db.execute(sql`select pg_notify(${workChannel}, '')`);
}
