import { desc, eq, gte, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { feedEpochs, feedHead, feedPending } from "./tables.ts";

/** Maximum number of statements whose events one transaction numbers. */
const batchRows = 500;
/** A process that is suspended while it holds the lock on the head must not block the feed for longer. */
const standstillMilliseconds = 5000;

// A restored or promoted database has another server start time. A dump loaded into a running server writes the row anew.
const server = sql`(select oid::text from pg_database where datname = current_database())
  || ' ' || extract(epoch from pg_postmaster_start_time())::text`;
const isOurs = sql`server = ${server} and xmin::text = mod(written_by::text::numeric, 4294967296)::text`;

/**
 * Numbers one batch of committed events that have no number yet; true when there may be more. Any process may call it: while one
 * numbers, the others do nothing. Long transactions elsewhere do not block it, since visible events are numbered and those that
 * become visible later get higher numbers.
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

/** Begins an epoch after the last number, unless another process has. */
async function beginEpoch(ctx: Context): Promise<void> {
  await work(ctx, async (tx) => {
    const [head] = await tx
      .select({ sequence: feedHead.sequence, isOurs: sql<boolean>`${isOurs}` })
      .from(feedHead)
      .for("update");
    if (head && !head.isOurs) {
      const [last] = await tx.select().from(feedEpochs).orderBy(desc(feedEpochs.epoch)).limit(1);
      // No offset refers to an epoch without numbers.
      await tx.delete(feedEpochs).where(gte(feedEpochs.beganAfter, head.sequence));
      const epoch = sql<number>`greatest(${(last?.epoch ?? 0) + 1}::bigint,
        floor(extract(epoch from clock_timestamp()) * 1000)::bigint * 1024 + floor(random() * 1024)::bigint)`;
      await tx.insert(feedEpochs).values({ epoch, beganAfter: head.sequence });
      const own = { server, writtenBy: sql`pg_current_xact_id()` };
      await tx.update(feedHead).set(own).where(eq(feedHead.id, 1));
    }
  });
}

/** The age of the oldest committed event without a number, in seconds; 0 when there is none. */
export async function measureFeedLag(ctx: Context): Promise<number> {
  const waited = sql<number>`coalesce(extract(epoch from clock_timestamp() - min(${feedPending.notedAt})), 0)::float8`;
  const [row] = await ctx.db.select({ waited }).from(feedPending);
  return Math.max(0, row?.waited ?? 0);
}
