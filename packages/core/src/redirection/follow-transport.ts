import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { advanceDeliveries } from "../deliveries/index.ts";
import { advance, isFree, lockMessagesOf } from "../messages/index.ts";
import { openQueues } from "../own-receipts/index.ts";
import { isMovable } from "./move-messages.ts";

type Found = { id: string; endpoint_id: string; transport: "webhook" | "mailbox" | "folder" };

/** Moves waiting deliveries of an endpoint to its new transport. Returns how many. */
export async function followTransport(
  tx: Transaction,
  ctx: Context,
  { limit }: { limit: number },
): Promise<number> {
  const found = await tx.execute<Found>(sql`
    select d.id, d.endpoint_id, e.transport from deliveries d join endpoints e on e.id = d.endpoint_id
    where d.state in ('waiting', 'held') and e.state <> 'closed' and e.transport <> d.transport
      and ${isFree(ctx.now)}
    limit ${limit} for update of d skip locked`);
  for (const { id, endpoint_id: endpointId, transport } of found.rows) {
    await advanceDeliveries(tx, ctx.now, { ids: [id] }, { event: "transport-changed", set: { transport } });
    if (transport !== "mailbox") await openQueues(tx, [endpointId]);
    const rerouted = { event: "rerouted", detail: { endpointId, transport } } as const;
    const carried = (await lockMessagesOf(tx, [id])).filter(
      ({ state }) => isMovable(state) && state !== "dead",
    );
    const moves = carried.map((message) => ({
      message,
      happenings: message.state === "delivering" ? [{ event: "given-back" as const }, rerouted] : [rerouted],
    }));
    await advance(tx, ctx, moves);
  }
  return found.rows.length;
}
