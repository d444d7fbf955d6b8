import { sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { deliveries } from "../messages/tables.ts";
import { firstOfLines } from "../ordering/index.ts";
import { failuresToOpen } from "./next-attempt.ts";

/** An ordered endpoint with lines that are blocked by their first delivery. */
export type StandingLines = {
  endpointId: string;
  supplierId: string;
  lines: number;
  /** How many deliveries are queued behind the blocking ones. */
  waiting: number;
  /** When the first of the blocking deliveries began to fail or was held. */
  since: Date;
};

// Counted from the first attempt or the hold; after a revival or a reroute, from the first attempt after it.
const headsSince = sql`coalesce(
  (select min(q.held_at) from messages h join quarantines q on q.message_id = h.id
    where h.delivery_id = d.id and d.state = 'held'),
  (select min(a.started_at) from delivery_attempts a
    where a.delivery_id = d.id and d.state = 'waiting' and d.transport <> 'mailbox' and a.started_at >= coalesce(
      (select max(v.at) from messages m join message_events v on v.message_id = m.id
        where m.delivery_id = d.id and v.event in ('retried', 'rerouted', 'released')), '-infinity')))`;

const isBehind = sql`p.endpoint_id = d.endpoint_id and p.receiver = d.receiver and p.sender = d.sender
  and (p.message_type = d.message_type or p.message_type = '' or d.message_type = '')
  and p.state in ('waiting', 'held') and (p.place, p.id) > (d.place, d.id)`;

/**
 * Finds ordered endpoints where the first delivery of a line has been failing, or held by a user, since `before` or longer, while
 * others are queued behind it. Endpoints that are paused or do not answer at all are left out.
 */
export async function findStandingLines(
  db: ReadDatabase,
  { now, before }: { now: Date; before: Date },
): Promise<StandingLines[]> {
  const found = sql`(
    select e.id, e.supplier_id, count(*)::int as lines, sum(behind.waiting)::int as waiting, min(head.since) as since
    from endpoints e
    cross join lateral ${firstOfLines(sql`e.id`, { after: sql`('', '', '')` })} line
    cross join lateral (select d.*, ${headsSince} as since from deliveries d
      where d.id = line.id and (d.state = 'held' or d.attempts > 0)) head
    cross join lateral (select count(*) as waiting from deliveries p, (select head.*) d where ${isBehind}) behind
    where e.is_ordered and (e.state = 'active' or (e.state = 'paused' and e.paused_until <= ${now}))
      and not exists (select from endpoint_queues q where q.endpoint_id = e.id and q.failures_in_row >= ${failuresToOpen})
      and head.since <= ${before} and behind.waiting > 0
    group by e.id) as found`;
  return await db
    .select({
      endpointId: sql<string>`found.id`,
      supplierId: sql<string>`found.supplier_id`,
      lines: sql<number>`found.lines`,
      waiting: sql<number>`found.waiting`,
      since: sql`found.since`.mapWith(deliveries.createdAt),
    })
    .from(found);
}
