import { and, asc, eq, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { showText } from "../vault/index.ts";
import type { AttemptView, EventView, MessageSummary, MessageView } from "./schemas.ts";
import { deliveries, deliveryAttempts, messageEvents, messages } from "./tables.ts";
import { findVisibility, whereVisible } from "./visibility.ts";

export type MessageRow = typeof messages.$inferSelect;

/** What a list or an interchange shows of a message. */
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
  };
}

const notFound = () => new DomainError("not-found", "There is no such message.");

/** A message that the actor may see; what is not there and what is others' throw the same `not-found`. */
export async function requireVisibleMessage(ctx: Context, id: string): Promise<MessageRow> {
  const visible = whereVisible(await findVisibility(ctx), messages);
  const [row] = await ctx.db
    .select()
    .from(messages)
    .where(and(eq(messages.id, id), visible));
  if (!row) throw notFound();
  return row;
}

/** A message, its route, and the states it has been in with their times. */
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
    delivery: delivery ? deliveryView(delivery) : null,
    states: states.map(({ state, at }) => ({ state, at: at.toISOString() })),
  };
}

function deliveryView(row: typeof deliveries.$inferSelect): NonNullable<MessageView["delivery"]> {
  return {
    id: row.id,
    transport: row.transport,
    endpointId: row.endpointId,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.state === "waiting" ? row.nextAttemptAt.toISOString() : null,
    giveUpAt: row.giveUpAt.toISOString(),
    doneAt: row.doneAt?.toISOString() ?? null,
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

/** Every attempt to deliver a message, in order. */
export async function listAttempts(ctx: Context, input: { id: string }): Promise<AttemptView[]> {
  const row = await requireVisibleMessage(ctx, input.id);
  if (!row.deliveryId) return [];
  const rows = await ctx.db
    .select()
    .from(deliveryAttempts)
    .where(eq(deliveryAttempts.deliveryId, row.deliveryId))
    .orderBy(asc(deliveryAttempts.number), asc(deliveryAttempts.startedAt))
    .limit(5000);
  return rows.map((attempt) => ({
    number: attempt.number,
    startedAt: attempt.startedAt.toISOString(),
    latencyMilliseconds: attempt.latencyMilliseconds,
    outcome: attempt.outcome,
    status: attempt.status,
    error: attempt.error,
    responseExcerpt: attempt.responseExcerpt === null ? null : showText(attempt.responseExcerpt),
  }));
}
