import { and, desc, eq, inArray, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { findVisibility } from "../messages/index.ts";
import { deliveries, interchanges } from "../messages/tables.ts";
import { measuredMessages } from "../tracking/index.ts";
import { countedMax, type DeliverySla, type SlaQuestion } from "./schemas.ts";

type Message = Record<"id" | "receivedAt" | "state" | "acknowledgementRequested" | "deadlineAt", SQLWrapper>;

const countWhere = (where: SQL) => sql<number>`count(*) filter (where ${where})::int`;
const isDone = sql`${deliveries.state} = 'done' and ${deliveries.doneAt} is not null`;

/** The selected measurements, over messages joined with their deliveries. */
function measures(message: Message, now: Date, target: number) {
  const givenUp = sql`${message.state} in ('dead', 'expired')`;
  // As float: sorting the numeric that extract returns takes several times as long.
  const took = sql`extract(epoch from ${deliveries.doneAt} - ${message.receivedAt})::float8`;
  const asked = sql`${message.acknowledgementRequested}`;
  const isOutstanding = sql`${asked} and ${message.state} = 'delivered'`;
  const due = new Date(now.getTime() - target * 1000).toISOString();
  return {
    counted: sql<number>`count(*)::int`,
    delivered: countWhere(isDone),
    notDelivered: countWhere(sql`not (${isDone}) and ${givenUp}`),
    // All three from one sort.
    percentiles: sql<
      number[] | null
    >`percentile_cont(array[0.5, 0.9, 0.99]::float8[]) within group (order by ${took}) filter (where ${isDone})`,
    due: countWhere(sql`(${isDone}) or ${givenUp} or ${message.receivedAt} <= ${due}::timestamptz`),
    met: countWhere(sql`${isDone} and ${took} <= ${target}`),
    asked: countWhere(asked),
    outstanding: countWhere(isOutstanding),
    overdue: countWhere(sql`${isOutstanding} and ${message.deadlineAt} is null`),
    oldest: sql<string | null>`min(${deliveries.doneAt}) filter (where ${isOutstanding})`,
  };
}

/**
 * Delivery statistics of a period, over the messages that the actor may see. Each branch is an index scan in time order
 * (messages_sender_supplier, messages_receiver_supplier, …) that ends after 100,000 messages; the branches are merged without
 * duplicates, and the newest 100,000 are counted.
 */
export async function measureSla(
  ctx: Context,
  input: SlaQuestion & { target: number },
): Promise<DeliverySla> {
  const { receiver, sender, type, period, target } = input;
  const from = new Date(ctx.now.getTime() - period);
  const filter = { receiver, sender, messageType: type, from: from.toISOString(), limit: countedMax };
  const seen = ctx.db.$with("seen").as(measuredMessages(ctx, await findVisibility(ctx), filter));
  const message = ctx.db.select().from(seen).orderBy(desc(seen.receivedAt), desc(seen.id)).limit(countedMax);
  const newest = message.as("message");
  const [row] = await ctx.db
    .with(seen)
    .select({
      ...measures(newest, ctx.now, target),
      matched: sql<number>`(select count(*) from ${seen})::int`,
    })
    .from(newest)
    .innerJoin(interchanges, eq(interchanges.id, newest.interchangeId))
    .leftJoin(deliveries, eq(deliveries.id, newest.deliveryId))
    .where(
      and(
        inArray(interchanges.kind, ["received", "resent"]),
        sql`${newest.state} not in ('rejected', 'cancelled')`,
      ),
    );
  if (!row) throw new Error("a count gives one row");
  const [p50 = null, p90 = null, p99 = null] = row.percentiles ?? [];
  return {
    from: from.toISOString(),
    to: ctx.now.toISOString(),
    targetSeconds: target,
    counted: row.counted,
    isComplete: row.matched <= countedMax,
    delivered: row.delivered,
    waiting: row.counted - row.delivered - row.notDelivered,
    notDelivered: row.notDelivered,
    secondsToDelivered: { p50, p90, p99 },
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
