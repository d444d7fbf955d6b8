import { eq, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { advance, lockMessagesOf } from "./advance.ts";
import { loadParties, loadReceivedTypes, routeMessage } from "./find-routes.ts";
import type { MessageRow } from "./read-messages.ts";
import { reportNotDelivered } from "./report-not-delivered.ts";
import { openQueues } from "./send-own.ts";
import { deliveries } from "./tables.ts";

/**
 * Finds the way anew for what waits for an endpoint that was closed: to where its letters are received now, or, where they
 * are not received any more, back to their sender as not delivered. Gives how many deliveries it moved.
 */
export async function rerouteClosed(
  tx: Transaction,
  ctx: Context,
  question: { gatewayParty: string; limit: number },
): Promise<number> {
  const found = await tx.execute<{ id: string; receiver: string }>(sql`
    select d.id, d.receiver from deliveries d join endpoints e on e.id = d.endpoint_id
    where d.state in ('waiting', 'held') and e.state = 'closed'
      and (d.lease_until is null or d.lease_until <= ${ctx.now})
    limit ${question.limit} for update of d skip locked`);
  for (const { id, receiver } of found.rows) {
    const waiting = (await lockMessagesOf(tx, [id])).filter((message) =>
      ["queued", "delivering", "held"].includes(message.state),
    );
    const route = await findCommonRoute(tx, ctx, receiver, waiting);
    if (route) await moveTo(tx, ctx, id, route, waiting);
    else await giveUp(tx, ctx, id, waiting, question.gatewayParty);
  }
  return found.rows.length;
}

type Route = { endpointId: string; transport: "webhook" | "mailbox" };

async function findCommonRoute(
  tx: Transaction,
  ctx: Context,
  receiver: string,
  waiting: readonly MessageRow[],
): Promise<Route | undefined> {
  const side = {
    party: { id: receiver },
    facts: (await loadParties(tx, [receiver], ctx.now))(receiver),
    receives: await loadReceivedTypes(tx, receiver, ctx.now),
  };
  const routes = waiting.map(({ messageType: code, version }) => routeMessage({ code, version }, side));
  const [first] = routes;
  if (!first?.found) return undefined;
  const isCommon = routes.every((route) => route.found && route.endpointId === first.endpointId);
  return isCommon ? first : undefined;
}

async function moveTo(
  tx: Transaction,
  ctx: Context,
  id: string,
  { endpointId, transport }: Route,
  waiting: readonly MessageRow[],
): Promise<void> {
  if (transport === "webhook") await openQueues(tx, [endpointId]);
  const change = { endpointId, transport, state: "waiting" as const, nextAttemptAt: ctx.now };
  await tx
    .update(deliveries)
    .set({ ...change, leaseToken: null, leaseUntil: null })
    .where(eq(deliveries.id, id));
  const rerouted = { event: "rerouted", detail: { endpointId, transport } } as const;
  await advance(
    tx,
    ctx,
    waiting.map((message) => {
      if (message.state === "delivering") return { message, happenings: [{ event: "given-back" }, rerouted] };
      if (message.state === "held") {
        return { message, happenings: [{ event: "released" }, rerouted], set: { reason: null } };
      }
      return { message, happenings: [rerouted] };
    }),
  );
}

async function giveUp(
  tx: Transaction,
  ctx: Context,
  id: string,
  waiting: readonly MessageRow[],
  gatewayParty: string,
): Promise<void> {
  const closed = { state: "expired" as const, doneAt: ctx.now, leaseToken: null, leaseUntil: null };
  await tx.update(deliveries).set(closed).where(eq(deliveries.id, id));
  const detail = { reason: "endpoint-closed" };
  await advance(
    tx,
    ctx,
    waiting.map((message) => ({
      message,
      happenings: [{ event: "given-up", detail }],
      set: { reason: "endpoint-closed" },
    })),
  );
  const messageIds = waiting.map((message) => message.id);
  await reportNotDelivered(tx, ctx, { messageIds, gatewayParty });
}
