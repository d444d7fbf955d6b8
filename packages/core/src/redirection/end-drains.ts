import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { changeEndpoint } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";

// What came after the draining began is held, and is no part of what is to be finished.
const hasNothingLeft = sql`${endpoints.drainingSince} is not null and not exists (
  select from deliveries d where d.endpoint_id = ${endpoints.id}
    and d.state in ('waiting', 'held') and d.created_at <= ${endpoints.drainingSince})`;

async function findEmpty(db: ReadDatabase | Transaction): Promise<string[]> {
  const rows = await db.select({ id: endpoints.id }).from(endpoints).where(hasNothingLeft);
  return rows.map(({ id }) => id);
}

/**
 * Ends the draining of endpoints that have finished what was taken in for them: they are paused or closed, as was asked for.
 * Several processes may do it at once. Gives how many.
 */
export async function endDrains(ctx: Context): Promise<number> {
  let ended = 0;
  for (const id of await findEmpty(ctx.db)) {
    const comment = "drained: nothing left";
    ended += await changeEndpoint(ctx, { id, comment }, async (tx, before) => {
      // It may have been resumed, or have got a dead letter back, between the looking and the locking.
      if (!(await findEmpty(tx)).includes(id)) return { set: { id }, give: () => 0 };
      const closed = { state: "closed" as const, pauseReason: null };
      const then = before.drainThen === "closed" ? closed : {};
      return { set: { ...then, drainingSince: null, drainThen: null }, give: () => 1 };
    });
  }
  return ended;
}
