import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Database } from "../database/index.ts";

/**
 * Waits until every event that is committed can be read from the feed. Transactions in the databases of other tests on the
 * same server hold it back too, for as long as they last.
 */
export async function feedSettled(db: Database): Promise<void> {
  for (;;) {
    const { rows } = await db.execute<{ open: boolean }>(sql`
      select exists (select from message_events
        where xid >= pg_snapshot_xmin(pg_current_snapshot())) as open`);
    if (rows[0]?.open !== true) return;
    await pause(10);
  }
}
