import { sql } from "drizzle-orm";
import { isNotQuarantined, loadReceivers, withoutQuarantined } from "../acceptance/index.ts";
import type { Context } from "../context.ts";
import { type Transaction, tryLock } from "../database/index.ts";
import { advanceDeliveries } from "../deliveries/index.ts";
import { isReceiving } from "../message-types/index.ts";
import type { MessageRow } from "../messages/index.ts";
import { advance, type DeliveryRow, isFree, lockDeliveries, lockMessagesOf } from "../messages/index.ts";
import { reportNotDelivered } from "../own-receipts/index.ts";
import { isMovable, moveMessages, type Way } from "./move-messages.ts";

type Question = { gatewayParty: string; limit: number };

/**
 * Reroutes waiting deliveries of a closed endpoint: to where their messages are received now, or, where nothing receives them,
 * back to their sender as not delivered. Returns how many deliveries it moved.
 */
export async function rerouteClosed(tx: Transaction, ctx: Context, question: Question): Promise<number> {
  const found = await tx.execute<{ id: string }>(sql`
    select d.id from deliveries d join endpoints e on e.id = d.endpoint_id
    where d.state in ('waiting', 'held') and e.state = 'closed'
      and ${isFree(ctx.now)} and ${isNotQuarantined}
    limit ${question.limit} for update of d skip locked`);
  return await findWaysAnew(
    tx,
    ctx,
    found.rows.map(({ id }) => id),
    { otherwise: "give-up", gatewayParty: question.gatewayParty },
  );
}

const letFreshGoSeconds = 20;

/**
 * Moves waiting messages that are now received at another endpoint, by the rules of `moveMessages`. Messages sent to an endpoint
 * that a user chose stay; so do those that are received nowhere else, and those that a draining endpoint has to finish.
 */
export async function followMoves(tx: Transaction, ctx: Context, question: Question): Promise<number> {
  // One process at a time is enough; the others try again later.
  if (!(await tryLock(tx, "followed-moves"))) return 0;
  const old = new Date(ctx.now.getTime() - letFreshGoSeconds * 1000);
  const receivedAt = (endpoint: ReturnType<typeof sql>) => sql`
    exists (select from registrations r
      where r.gln = w.receiver and ${isReceiving(sql`r`, ctx.now)}
        and upper(r.message_type) = upper(w.message_type) and upper(r.version) = upper(w.version)
        and ${endpoint})`;
  const found = await tx.execute<{ id: string }>(sql`
    with waiting as (
      select d.receiver, d.endpoint_id, m.message_type, m.version, array_agg(distinct d.id) as ids
      from deliveries d join messages m on m.delivery_id = d.id
      where d.state in ('waiting', 'held') and d.endpoint_id is not null and not d.is_chosen
        and d.created_at < ${old} and ${isFree(ctx.now)} and ${isNotQuarantined}
        and not exists (select from endpoints e where e.id = d.endpoint_id and e.draining_since >= d.created_at)
      group by 1, 2, 3, 4
    )
    select d.id from deliveries d
    where d.id in (
        select unnest(w.ids) from waiting w
        where not ${receivedAt(sql`r.endpoint_id = w.endpoint_id`)}
          and ${receivedAt(sql`exists (select from endpoints e where e.id = r.endpoint_id and e.state <> 'closed')`)}
        limit ${question.limit})
      and d.state in ('waiting', 'held') and ${isFree(ctx.now)}
    for update of d skip locked`);
  const ids = found.rows.map(({ id }) => id);
  return await findWaysAnew(tx, ctx, ids, { otherwise: "stay", gatewayParty: question.gatewayParty });
}

type Plan = { otherwise: "give-up" | "stay"; gatewayParty: string };

async function findWaysAnew(
  tx: Transaction,
  ctx: Context,
  ids: readonly string[],
  plan: Plan,
): Promise<number> {
  for (const delivery of await lockDeliveries(tx, await withoutQuarantined(tx, ids))) {
    let left = (await lockMessagesOf(tx, [delivery.id])).filter(({ state }) => isMovable(state));
    for (const { way, messages } of await findWays(tx, ctx, delivery, left)) {
      const parting = new Set(messages);
      left = left.filter((message) => !parting.has(message));
      await moveMessages(tx, ctx, { delivery, messages, left }, way);
    }
    if (plan.otherwise === "give-up" && left.length > 0) {
      await giveUp(tx, ctx, { delivery, messages: left, gatewayParty: plan.gatewayParty });
    }
  }
  return ids.length;
}

/**
 * The messages that are received elsewhere now, by endpoint; those without a route, or already at the right endpoint, are left
 * out.
 */
async function findWays(
  tx: Transaction,
  ctx: Context,
  { receiver, endpointId }: DeliveryRow,
  waiting: readonly MessageRow[],
): Promise<{ way: Way; messages: MessageRow[] }[]> {
  const routeOf = await loadReceivers(tx, [receiver], ctx.now);
  const ways = new Map<string, { way: Way; messages: MessageRow[] }>();
  for (const message of waiting) {
    const route = routeOf({ id: receiver }, { code: message.messageType, version: message.version });
    if (!route.found || route.endpointId === endpointId) continue;
    const known = ways.get(route.endpointId) ?? { way: { ...route, isChosen: false }, messages: [] };
    known.messages.push(message);
    ways.set(route.endpointId, known);
  }
  return [...ways.values()];
}

async function giveUp(
  tx: Transaction,
  ctx: Context,
  {
    delivery,
    messages,
    gatewayParty,
  }: { delivery: DeliveryRow; messages: readonly MessageRow[]; gatewayParty: string },
): Promise<void> {
  await advanceDeliveries(tx, ctx.now, { ids: [delivery.id] }, { event: "given-up" });
  const detail = { reason: "endpoint-closed" };
  await advance(
    tx,
    ctx,
    messages.map((message) => ({
      message,
      happenings: [{ event: "given-up", detail }],
      set: { reason: "endpoint-closed" },
    })),
  );
  const messageIds = messages.map((message) => message.id);
  await reportNotDelivered(tx, ctx, { messageIds, gatewayParty });
}
