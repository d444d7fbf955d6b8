import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { deliveries, interchanges, messages } from "../tables.ts";
import { idsOfMessages } from "../tracking/list-messages.ts";
import { findVisibility } from "../visibility.ts";
import { countedMax, type DeliverySla, type SlaQuestion } from "./schemas.ts";

const givenUp = sql`${messages.state} in ('dead', 'expired')`;
const isDone = sql`${deliveries.state} = 'done' and ${deliveries.doneAt} is not null`;
const took = sql`extract(epoch from ${deliveries.doneAt} - ${messages.receivedAt})`;
const asked = sql`${messages.acknowledgementRequested}`;
const isOutstanding = sql`${asked} and ${messages.state} = 'delivered'`;

const countWhere = (where: SQL) => sql<number>`count(*) filter (where ${where})::int`;
const percentile = (part: number) =>
  sql<
    number | null
  >`percentile_cont(${part}::float8) within group (order by ${took}) filter (where ${isDone})`;

/**
 * How the deliveries of a period have been doing, of those letters of which one side is the actor's. Every way to see is
 * walked by its index in the order of time (messages_sender_supplier, messages_receiver_supplier, …) and ends after 100,000 letters.
 */
export async function measureSla(
  ctx: Context,
  input: SlaQuestion & { target: number },
): Promise<DeliverySla> {
  const { receiver, sender, type, period, target } = input;
  const from = new Date(ctx.now.getTime() - period);
  const filter = { receiver, sender, messageType: type, from: from.toISOString(), limit: countedMax };
  const ids = idsOfMessages(ctx, await findVisibility(ctx), filter);
  const letters = ctx.db
    .select({ id: messages.id })
    .from(messages)
    .where(inArray(messages.id, ids))
    .orderBy(desc(messages.receivedAt))
    .limit(countedMax + 1);
  const isMet = sql`${isDone} and ${took} <= ${target}`;
  const isDue = sql`(${isDone}) or ${givenUp} or ${messages.receivedAt} <= ${new Date(ctx.now.getTime() - target * 1000)}`;
  const [row] = await ctx.db
    .select({
      counted: sql<number>`count(*)::int`,
      delivered: countWhere(isDone),
      notDelivered: countWhere(sql`not (${isDone}) and ${givenUp}`),
      p50: percentile(0.5),
      p90: percentile(0.9),
      p99: percentile(0.99),
      due: countWhere(isDue),
      met: countWhere(isMet),
      asked: countWhere(asked),
      outstanding: countWhere(isOutstanding),
      overdue: countWhere(sql`${isOutstanding} and ${messages.deadlineAt} is null`),
      oldest: sql<string | null>`min(${deliveries.doneAt}) filter (where ${isOutstanding})`,
      matched: sql<number>`(select count(*) from ${letters.as("matched")})::int`,
    })
    .from(messages)
    .innerJoin(interchanges, eq(interchanges.id, messages.interchangeId))
    .leftJoin(deliveries, eq(deliveries.id, messages.deliveryId))
    .where(
      and(
        inArray(messages.id, letters),
        inArray(interchanges.kind, ["received", "resent"]),
        sql`${messages.state} not in ('rejected', 'cancelled')`,
      ),
    );
  if (!row) throw new Error("a count gives one row");
  return {
    from: from.toISOString(),
    to: ctx.now.toISOString(),
    targetSeconds: target,
    counted: row.counted,
    isComplete: row.matched <= countedMax,
    delivered: row.delivered,
    waiting: row.counted - row.delivered - row.notDelivered,
    notDelivered: row.notDelivered,
    secondsToDelivered: { p50: row.p50, p90: row.p90, p99: row.p99 },
    withinTarget: { due: row.due, met: row.met, percent: percentOf(row.met, row.due) },
    receipts: {
      asked: row.asked,
      outstanding: row.outstanding,
      overdue: row.overdue,
      oldestOutstandingAt: row.oldest === null ? null : new Date(row.oldest).toISOString(),
    },
  };
}

const percentOf = (part: number, whole: number) =>
  whole === 0 ? null : Math.floor((part / whole) * 10_000) / 100;
