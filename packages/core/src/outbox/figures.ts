import { and, count, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { outboxEvents, outboxFigures, outboxMessages } from "./tables.ts";

/** What became of the mails about one event, without anything that the mails report themselves. */
export type Figures = {
  waiting: number;
  sent: number;
  /** Refused by the receiver's server, at once or by a mail sent back later. */
  bounced: number;
  /** Given up after a day. */
  expired: number;
  /** Left by a link of the mail. */
  unsubscribed: number;
};

const outcome = sql`case when ${outboxMessages.bouncedAt} is not null or ${outboxMessages.state} = 'failed' then 'bounced'
  else ${outboxMessages.state} end`;

/** Adds the finished messages to the kept figures of their events, before they are deleted. */
export async function keepFigures(tx: Transaction, isGoing: SQL | undefined): Promise<void> {
  await tx.execute(sql`insert into ${outboxFigures} (event_id, outcome, count)
    select ${outboxEvents.eventId}, ${outcome}, count(*) from ${outboxEvents}
    join ${outboxMessages} on ${outboxMessages.id} = ${outboxEvents.messageId}
    where ${and(isGoing, sql`${outboxMessages.state} in ('sent', 'failed', 'expired')`)}
    group by 1, 2 order by 1, 2
    on conflict (event_id, outcome) do update set count = ${outboxFigures.count} + excluded.count`);
}

/** Counts that somebody left by a link of the message, for each event that it told of. */
export async function countUnsubscribed(tx: Transaction, isMessage: SQL): Promise<void> {
  await tx.execute(sql`insert into ${outboxFigures} (event_id, outcome, count)
    select distinct ${outboxEvents.eventId}, 'unsubscribed', 1 from ${outboxEvents}
    join ${outboxMessages} on ${outboxMessages.id} = ${outboxEvents.messageId} where ${isMessage}
    on conflict (event_id, outcome) do update set count = ${outboxFigures.count} + 1`);
}

/** The figures of the mails about one event. */
export async function readFigures(ctx: Context, eventId: string): Promise<Figures> {
  const live = await ctx.db
    .select({ outcome: sql<string>`coalesce(${outcome}, 'waiting')`.as("outcome"), count: count() })
    .from(outboxEvents)
    .leftJoin(outboxMessages, eq(outboxMessages.id, outboxEvents.messageId))
    .where(eq(outboxEvents.eventId, eventId))
    .groupBy(sql`1`);
  const kept = await ctx.db.select().from(outboxFigures).where(eq(outboxFigures.eventId, eventId));
  const of = (name: keyof Figures) =>
    [...live, ...kept].filter((row) => row.outcome === name).reduce((sum, row) => sum + Number(row.count), 0);
  const [waiting, sent, bounced] = [of("waiting"), of("sent"), of("bounced")];
  return { waiting, sent, bounced, expired: of("expired"), unsubscribed: of("unsubscribed") };
}
