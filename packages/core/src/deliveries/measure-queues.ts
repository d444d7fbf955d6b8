import { and, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { endpoints } from "../endpoints/tables.ts";
import type { MessageReason, MessageState } from "../messages/index.ts";
import { endpointQueues, messages } from "../messages/tables.ts";

/** States that a message must still leave, automatically or by an operator. */
export const unsettledStates = [
  "received",
  "validated",
  "routed",
  "queued",
  "delivering",
  "held",
  "dead",
] as const;

export type QueueFigures = {
  states: readonly { state: MessageState; count: number; oldestSeconds: number }[];
  deadLetters: readonly { cause: MessageReason | null; count: number }[];
  receiptsOverdue: number;
  breakers: { closed: number; probing: number; open: number };
};

/** The number of messages in each state and their age; for metrics, so without any identifier. */
export async function measureQueues(ctx: Context): Promise<QueueFigures> {
  const count = sql<number>`count(*)::int`;
  const states = await ctx.db
    .select({ state: messages.state, count, oldest: sql<string>`min(${messages.stateSince})` })
    .from(messages)
    .where(inArray(messages.state, [...unsettledStates]))
    .groupBy(messages.state);
  const deadLetters = await ctx.db
    .select({ cause: messages.reason, count })
    .from(messages)
    .where(inArray(messages.state, ["dead"]))
    .groupBy(messages.reason);
  // The watchdog clears the deadline when it has reported a receipt as overdue.
  const receiptsOverdue = await ctx.db.$count(
    messages,
    and(
      inArray(messages.state, ["delivered"]),
      sql`${messages.acknowledgementRequested}`,
      isNull(messages.deadlineAt),
    ),
  );
  const queues = await ctx.db
    .select({ openUntil: endpointQueues.openUntil })
    .from(endpointQueues)
    .innerJoin(endpoints, eq(endpoints.id, endpointQueues.endpointId))
    .where(and(ne(endpoints.transport, "mailbox"), ne(endpoints.state, "closed")));
  const open = queues.filter(({ openUntil }) => openUntil !== null && openUntil > ctx.now).length;
  const suspected = queues.filter(({ openUntil }) => openUntil !== null).length;
  return {
    states: states.map((row) => ({
      state: row.state,
      count: row.count,
      oldestSeconds: Math.max(0, (ctx.now.getTime() - new Date(row.oldest).getTime()) / 1000),
    })),
    deadLetters,
    receiptsOverdue,
    breakers: { open, probing: suspected - open, closed: queues.length - suspected },
  };
}
