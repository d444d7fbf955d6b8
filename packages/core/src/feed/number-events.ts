import { desc, eq, gte, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { feedEpochs, feedHead, feedPending } from "./tables.ts";

/** Statements' worth of events that one transaction numbers. */
const batchRows = 500;
/** A process that stands still while it holds the head must not hold up the feed for longer. */
const standstillMilliseconds = 5000;

// A restored or promoted database is another run of a server. A dump that was read into this one's run wrote the row anew.
const server = sql`(select oid::text from pg_database where datname = current_database())
  || ' ' || extract(epoch from pg_postmaster_start_time())::text`;
const isOurs = sql`server = ${server} and xmin::text = mod(written_by::text::numeric, 4294967296)::text`;

/**
 * Gives numbers to events that are committed and have none, one batch; true when there may be more. Any process may ask: while one
 * numbers, the others do nothing. No transaction elsewhere holds it up, since what is visible is numbered and what becomes
 * visible later comes later.
 */
export async function numberEvents(ctx: Context): Promise<boolean> {
  const [head] = await ctx.db
    .select({
      isOurs: sql<boolean>`${isOurs}`,
      hasPending: sql<boolean>`exists (select from ${feedPending})`,
    })
    .from(feedHead);
  if (!head) throw new Error("the feed has no head row: the database is not migrated");
  if (!head.isOurs) await beginEpoch(ctx);
  if (!head.hasPending) return false;
  return await work(ctx, async (tx) => (await numberBatch(tx)) === batchRows);
}

async function numberBatch(tx: Transaction): Promise<number> {
  const { rows } = await tx.execute<{ taken: number }>(sql`
    with head as (
      select sequence from feed_head where id = 1 and ${isOurs} for update skip locked
    ), taken as (
      delete from feed_pending where exists (select from head)
        and first_id in (select first_id from feed_pending order by first_id limit ${batchRows})
      returning event_ids
    ), numbered as (
      insert into feed_entries (sequence, event_id)
      select head.sequence + row_number() over (order by event.id), event.id
      from head, taken, unnest(taken.event_ids) as event(id)
      returning sequence
    ), moved as (
      update feed_head set sequence = numbered.last, written_by = pg_current_xact_id()
      from (select max(sequence) as last from numbered) numbered where numbered.last is not null
    )
    select count(*)::int as taken,
      set_config('idle_in_transaction_session_timeout', ${String(standstillMilliseconds)}, true) from taken`);
  return rows[0]?.taken ?? 0;
}

/** Begins an epoch after the last number there is, unless another process has. */
async function beginEpoch(ctx: Context): Promise<void> {
  await work(ctx, async (tx) => {
    const [head] = await tx
      .select({ sequence: feedHead.sequence, isOurs: sql<boolean>`${isOurs}` })
      .from(feedHead)
      .for("update");
    if (head && !head.isOurs) {
      const [last] = await tx.select().from(feedEpochs).orderBy(desc(feedEpochs.epoch)).limit(1);
      // An epoch without numbers is named by no offset.
      await tx.delete(feedEpochs).where(gte(feedEpochs.beganAfter, head.sequence));
      const epoch = sql<number>`greatest(${(last?.epoch ?? 0) + 1}::bigint,
        floor(extract(epoch from clock_timestamp()) * 1000)::bigint * 1024 + floor(random() * 1024)::bigint)`;
      await tx.insert(feedEpochs).values({ epoch, beganAfter: head.sequence });
      const own = { server, writtenBy: sql`pg_current_xact_id()` };
      await tx.update(feedHead).set(own).where(eq(feedHead.id, 1));
    }
  });
}

/** For how long the oldest event that is committed has waited for its number, in seconds; 0 when none waits. */
export async function measureFeedLag(ctx: Context): Promise<number> {
  const waited = sql<number>`coalesce(extract(epoch from clock_timestamp() - min(${feedPending.notedAt})), 0)::float8`;
  const [row] = await ctx.db.select({ waited }).from(feedPending);
  return Math.max(0, row?.waited ?? 0);
}
