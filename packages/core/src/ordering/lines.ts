import { type SQL, sql } from "drizzle-orm";
import { isReceiving } from "../message-types/index.ts";

/**
 * Messages of one sender to one receiver of one type form one line (a FIFO queue) at their endpoint; a delivery whose messages
 * are of several types is in all lines between its two parties. A line contains waiting and held deliveries; its head is the one
 * with the lowest place.
 */
const isInLine = (row: SQL) => sql`${row}.state in ('waiting', 'held')`;
const lineOf = (row: SQL) => sql`(${row}.receiver, ${row}.sender, ${row}.message_type)`;
const d = sql`d`;
const p = sql`p`;

/** The line (receiver, sender, type) after which a scan begins, and a condition on the deliveries `d`. */
export type Walk = { after: SQL; only?: SQL };

/**
 * The first delivery of every line of an endpoint, in index order: a loose index scan over `deliveries_line`. Its cost depends on
 * the number of lines read, not on the number of deliveries in them.
 */
export function firstOfLines(endpointId: SQL, { after, only }: Walk): SQL {
  const first = (previous: SQL) => sql`
    select d.id, d.receiver, d.sender, d.message_type, d.place from deliveries d
    where d.endpoint_id = ${endpointId} and ${isInLine(d)} and ${lineOf(d)} > ${previous}
      ${only ? sql`and ${only}` : sql``}
    order by d.receiver, d.sender, d.message_type, d.place, d.id limit 1`;
  return sql`(
    with recursive line as (
      (${first(after)})
      union all
      select following.* from line l cross join lateral (${first(lineOf(sql`l`))}) following
    )
    select * from line)`;
}

const between = sql`p.endpoint_id = d.endpoint_id and p.receiver = d.receiver and p.sender = d.sender`;
const comesBefore = sql`(p.place, p.id) < (d.place, d.id)`;

// ORDER BY … LIMIT 1 makes the planner use the index; EXISTS does not.
const firstOf = (
  where: SQL,
) => sql`(select p.id from deliveries p where ${isInLine(p)} and ${comesBefore} and ${where}
  order by p.endpoint_id, p.receiver, p.sender, p.message_type, p.place limit 1)`;

/**
 * Whether no delivery with messages of several types is before the head `d`; where `d` is one itself, whether nothing is before
 * it.
 */
const isNotCrossed = sql`(case when d.message_type = ''
  then ${firstOf(between)} is null else ${firstOf(sql`${between} and p.message_type = ''`)} is null end)`;

const sharesLine = sql`(p.message_type = d.message_type or p.message_type = '' or d.message_type = '')`;

/** Whether no other delivery of the same line is leased; one behind `d` can be, when two arrived concurrently. */
const isAlone = (now: Date) => sql`not exists (
  select from deliveries p where ${between} and p.lease_until > ${now} and ${sharesLine} and p.id <> d.id)`;

// Deliveries at the endpoint that a location number has moved away from follow within half a minute; until then they are before
// `d`, at the old endpoint.
const leftNothingBehind = (now: Date) => sql`not exists (
  select from registrations r where r.gln = d.receiver and r.endpoint_id <> d.endpoint_id
    and ${firstOf(sql`p.endpoint_id = r.endpoint_id and p.receiver = d.receiver and p.sender = d.sender
      and ${sharesLine} and not p.is_chosen
      and not exists (select from registrations n
        where n.gln = p.receiver and n.endpoint_id = p.endpoint_id and ${isReceiving(sql`n`, now)}
          and (p.message_type = '' or upper(n.message_type) = p.message_type))`)} is not null)`;

/** Whether the first delivery `d` of a line may be sent: nothing is before it, and nothing of the line is under way. */
export const mayBeHandedOver = (now: Date): SQL =>
  sql`${isNotCrossed} and ${isAlone(now)} and ${leftNothingBehind(now)}`;
