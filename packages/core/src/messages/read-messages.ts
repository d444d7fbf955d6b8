import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { mayReadEndpoints } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { showText } from "../vault/index.ts";
import type { AttemptView, EventView, MessageSummary, MessageView } from "./schemas.ts";
import { deliveries, deliveryAttempts, messageEvents, messages } from "./tables.ts";
import { findVisibility, whereVisible } from "./visibility.ts";

export type MessageRow = typeof messages.$inferSelect;

/** The summary of a message in a list or an interchange. */
export function summaryOf(row: MessageRow): MessageSummary {
  return {
    id: row.id,
    interchangeId: row.interchangeId,
    position: row.position,
    reference: row.reference,
    messageType: row.messageType,
    version: row.version,
    sender: row.sender,
    receiver: row.receiver,
    state: row.state,
    stateSince: row.stateSince.toISOString(),
    reason: row.reason,
    receivedAt: row.receivedAt.toISOString(),
    receiptFlag: row.receiptFlag,
    isTest: row.isTest,
  };
}

const notFound = () => new DomainError("not-found", "no-such-message");

/** A message that the actor may see; throws the same `not-found` when it does not exist and when it is another's. */
export async function requireVisibleMessage(ctx: Context, id: string): Promise<MessageRow> {
  const visible = whereVisible(await findVisibility(ctx), messages);
  const [row] = await ctx.db
    .select()
    .from(messages)
    .where(and(eq(messages.id, id), visible));
  if (!row) throw notFound();
  return row;
}

/** A message, its route, and the history of its states with times. */
export async function getMessage(ctx: Context, input: { id: string }): Promise<MessageView> {
  const row = await requireVisibleMessage(ctx, input.id);
  const [delivery] = row.deliveryId
    ? await ctx.db.select().from(deliveries).where(eq(deliveries.id, row.deliveryId))
    : [];
  const states = await ctx.db
    .select({ state: messageEvents.toState, at: messageEvents.at })
    .from(messageEvents)
    .where(
      and(
        eq(messageEvents.messageId, row.id),
        sql`${messageEvents.fromState} is distinct from ${messageEvents.toState}`,
      ),
    )
    .orderBy(asc(messageEvents.id));
  return {
    ...summaryOf(row),
    acknowledgementRequested: row.acknowledgementRequested,
    deadlineAt: row.deadlineAt?.toISOString() ?? null,
    originId: row.originId,
    receiptMessageId: row.receiptMessageId,
    delivery: delivery ? deliveryView(delivery, await findHeadBefore(ctx, delivery)) : null,
    states: states.map(({ state, at }) => ({ state, at: at.toISOString() })),
  };
}

type DeliveryRow = typeof deliveries.$inferSelect;

/** At an ordered endpoint: the message at the head of the line in which a delivery waits, if the actor may see it. */
async function findHeadBefore(ctx: Context, row: DeliveryRow): Promise<string | null> {
  if (row.endpointId === null || row.state !== "waiting") return null;
  const [head] = await ctx.db
    .select({ id: messages.id })
    .from(deliveries)
    .innerJoin(endpoints, and(eq(endpoints.id, deliveries.endpointId), eq(endpoints.isOrdered, true)))
    .innerJoin(messages, eq(messages.deliveryId, deliveries.id))
    .where(
      and(
        eq(deliveries.endpointId, row.endpointId),
        eq(deliveries.receiver, row.receiver),
        eq(deliveries.sender, row.sender),
        row.messageType === "" ? undefined : inArray(deliveries.messageType, [row.messageType, ""]),
        inArray(deliveries.state, ["waiting", "held"]),
        sql`(${deliveries.place}, ${deliveries.id}) < (${row.place}, ${row.id})`,
        whereVisible(await findVisibility(ctx), messages),
      ),
    )
    .orderBy(asc(deliveries.place), asc(deliveries.id), asc(messages.position))
    .limit(1);
  return head?.id ?? null;
}

function deliveryView(
  row: DeliveryRow,
  behindMessageId: string | null,
): NonNullable<MessageView["delivery"]> {
  return {
    id: row.id,
    transport: row.transport,
    endpointId: row.endpointId,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.state === "waiting" ? row.nextAttemptAt.toISOString() : null,
    giveUpAt: row.giveUpAt.toISOString(),
    doneAt: row.doneAt?.toISOString() ?? null,
    behindMessageId,
  };
}

/** Everything that happened to a message, in order. */
export async function listMessageEvents(ctx: Context, input: { id: string }): Promise<EventView[]> {
  const row = await requireVisibleMessage(ctx, input.id);
  const rows = await ctx.db
    .select()
    .from(messageEvents)
    .where(eq(messageEvents.messageId, row.id))
    .orderBy(asc(messageEvents.id))
    .limit(5000);
  return rows.map(({ id, at, event, fromState, toState, detail }) => ({
    id,
    at: at.toISOString(),
    event,
    from: fromState,
    to: toState,
    detail,
  }));
}

/**
 * Every attempt to deliver a message, in order. The body of a receiver's answer is shown to those who may read the endpoint; the
 * other side sees status and error code.
 */
export async function listAttempts(ctx: Context, input: { id: string }): Promise<AttemptView[]> {
  const row = await requireVisibleMessage(ctx, input.id);
  if (!row.deliveryId) return [];
  const rows = await ctx.db
    .select({ attempt: deliveryAttempts, supplierId: endpoints.supplierId })
    .from(deliveryAttempts)
    .leftJoin(endpoints, eq(endpoints.id, deliveryAttempts.endpointId))
    .where(eq(deliveryAttempts.deliveryId, row.deliveryId))
    .orderBy(asc(deliveryAttempts.number), asc(deliveryAttempts.startedAt))
    .limit(5000);
  return rows.map(({ attempt, supplierId }) => ({
    number: attempt.number,
    startedAt: attempt.startedAt.toISOString(),
    latencyMilliseconds: attempt.latencyMilliseconds,
    outcome: attempt.outcome,
    status: attempt.status,
    error: attempt.error,
    responseExcerpt: excerptFor(ctx, attempt, supplierId),
  }));
}

function excerptFor(
  ctx: Context,
  { responseExcerpt }: Pick<typeof deliveryAttempts.$inferSelect, "responseExcerpt">,
  supplierId: string | null,
): string | null {
  if (responseExcerpt === null || supplierId === null || !mayReadEndpoints(ctx, supplierId)) return null;
  return showText(responseExcerpt);
}
