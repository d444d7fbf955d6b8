import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { isFree } from "../messages/index.ts";
import { firstOfLines, mayBeHandedOver, type Walk } from "./lines.ts";

type Head = {
  id: string;
  endpoint_id: string;
  receiver: string;
  sender: string;
  message_type: string;
  /** Seconds since 1970. */
  due: number;
};

// Round-robin: first the lines after the one that was served last, then those up to it.
const laps: readonly Walk[] = [
  { after: sql`(coalesce(q.last_line[1], ''), coalesce(q.last_line[2], ''), coalesce(q.last_line[3], ''))` },
  {
    after: sql`('', '', '')`,
    only: sql`(d.receiver, d.sender, d.message_type) <= (q.last_line[1], q.last_line[2], q.last_line[3])`,
  },
];

const findHeads = (now: Date, { perEndpoint, isInOrder, endpointIds }: HeadQuestion) => sql`
  select head.*
  from endpoint_queues q
  cross join lateral (
    select count(*)::int as busy from deliveries b where b.endpoint_id = q.endpoint_id and b.lease_until > ${now}
  ) under_way
  cross join lateral (
    select * from (${sql.join(
      laps.map(
        (walk) => sql`
      select found.* from ${firstOfLines(sql`q.endpoint_id`, walk)} line
      cross join lateral (
        select d.id, d.endpoint_id, d.receiver, d.sender, d.message_type,
          extract(epoch from d.next_attempt_at)::float8 as due
        from deliveries d
        where d.id = line.id and d.endpoint_id = q.endpoint_id and d.state = 'waiting' and d.transport <> 'mailbox'
          and d.next_attempt_at <= ${now} and ${isFree(now)}
          and ${isInOrder ? mayBeHandedOver(now) : sql`true`}
        for update skip locked
      ) found`,
      ),
      sql` union all `,
    )}) lines
    limit greatest(0, (case when q.failures_in_row >= 5 then 1 else ${perEndpoint}::int end) - under_way.busy)
  ) head
  where q.endpoint_id = any(${sql.param([...endpointIds])}::uuid[])`;

/**
 * At which endpoints to look, how many deliveries per endpoint, and whether the endpoints are ordered: then only heads that may
 * be sent now.
 */
type HeadQuestion = { perEndpoint: number; isInOrder: boolean; endpointIds: readonly string[] };

/**
 * Finds and locks the heads of the lines at some endpoints, as many as each endpoint may have under way, beginning after the line
 * that was served last. The caller has locked their `endpoint_queues` rows in an earlier statement, so that the snapshot of this
 * one includes everything taken before.
 */
export async function findHeadsOfLines(
  tx: Transaction,
  { now }: Pick<Context, "now">,
  question: HeadQuestion,
): Promise<Head[]> {
  if (question.endpointIds.length === 0) return [];
  return (await tx.execute<Head>(findHeads(now, question))).rows;
}

/** Stores which lines were served last, in the order in which they were found; the next scan begins after them. */
export async function rememberServed(tx: Transaction, heads: readonly Head[]): Promise<void> {
  const lastOf = new Map(heads.map((head) => [head.endpoint_id, head]));
  for (const [endpointId, { receiver, sender, message_type: type }] of lastOf) {
    await tx.execute(sql`update endpoint_queues set last_line = ${sql.param([receiver, sender, type])}::text[]
      where endpoint_id = ${endpointId}`);
  }
}

/**
 * Finds what a mailbox with ordered endpoints may hand out: the heads of the lines to this location number. Heads locked by a
 * concurrent reader are skipped, and their lines with them.
 */
export async function findHeadsOfMailbox(
  tx: Transaction,
  { now }: Pick<Context, "now">,
  { gln, limit }: { gln: string; limit: number },
): Promise<{ id: string; place: string }[]> {
  const lines = firstOfLines(sql`e.id`, { after: sql`(${gln}, '', '')`, only: sql`d.receiver = ${gln}` });
  const { rows } = await tx.execute<{ id: string; place: string }>(sql`
    select found.id, found.place
    from endpoints e cross join lateral ${lines} line
    cross join lateral (
      select d.id, d.place from deliveries d
      where d.id = line.id and d.receiver = ${gln} and d.state = 'waiting' and d.transport = 'mailbox'
        and ${isFree(now)} and ${mayBeHandedOver(now)}
      for update skip locked
    ) found
    where e.is_ordered and e.transport = 'mailbox'
    order by found.place limit ${limit}`);
  return rows;
}
