import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { changeEndpoint } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";

// Messages accepted after draining began are held; draining does not wait for them.
const hasNothingLeft = sql`${endpoints.drainingSince} is not null and not exists (
  select from deliveries d where d.endpoint_id = ${endpoints.id}
    and d.state in ('waiting', 'held') and d.created_at <= ${endpoints.drainingSince})`;

async function findEmpty(db: ReadDatabase | Transaction): Promise<string[]> {
  const rows = await db.select({ id: endpoints.id }).from(endpoints).where(hasNothingLeft);
  return rows.map(({ id }) => id);
}

/**
 * Ends the draining of endpoints whose deliveries have all ended: they are paused or closed, as requested. Safe to run in several
 * processes at once. Returns how many.
 */
export async function endDrains(ctx: Context): Promise<number> {
  let ended = 0;
  for (const id of await findEmpty(ctx.db)) {
    const comment = "drained: nothing left";
    ended += await changeEndpoint(ctx, { id, comment }, async (tx, before) => {
      // It may have been resumed, or a dead letter revived to it, before the lock was taken.
      if (!(await findEmpty(tx)).includes(id)) return { set: { id }, give: () => 0 };
      const closed = { state: "closed" as const, pauseReason: null };
      const then = before.drainThen === "closed" ? closed : {};
      return { set: { ...then, drainingSince: null, drainThen: null }, give: () => 1 };
    });
  }
  return ended;
}
