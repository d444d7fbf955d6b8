import { type SQL, sql } from "drizzle-orm";

/**
 * Messages of one sender to one receiver of one type stand in one line at their endpoint, and a delivery whose messages are of
 * several types stands in all lines between its two parties. In a line stand what waits and what is held back; its head is
 * the one with the lowest place.
 */
const isInLine = (row: SQL) => sql`${row}.state in ('waiting', 'held')`;
const lineOf = (row: SQL) => sql`(${row}.receiver, ${row}.sender, ${row}.message_type)`;
const d = sql`d`;
const p = sql`p`;

/** After which line (receiver, sender, type) a walk begins, and which deliveries `d` it is about. */
export type Walk = { after: SQL; only?: SQL };

/**
 * The first of every line of an endpoint, line after line in one order: found by steps through the index `deliveries_line`, so
 * that it costs what the number of lines costs, and only those that are asked for, however many stand in line.
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

// In the order of the index and only the first: where much stands in line, nothing else tells the planner to step through it.
const firstOf = (
  where: SQL,
) => sql`(select p.id from deliveries p where ${isInLine(p)} and ${comesBefore} and ${where}
  order by p.endpoint_id, p.receiver, p.sender, p.message_type, p.place limit 1)`;

/** Whether no delivery with messages of several types stands before the first of a line `d`; or, where it is one, none at all. */
const isNotCrossed = sql`(case when d.message_type = ''
  then ${firstOf(between)} is null else ${firstOf(sql`${between} and p.message_type = ''`)} is null end)`;

const sharesLine = sql`(p.message_type = d.message_type or p.message_type = '' or d.message_type = '')`;

/** Whether nobody has another of the same line in hand: one that came to stand behind `d`, as two do that come together. */
const isAlone = (now: Date) => sql`not exists (
  select from deliveries p where ${between} and p.lease_until > ${now} and ${sharesLine} and p.id <> d.id)`;

// What its location number has moved away from follows it within half a minute; until then it stands before `d` elsewhere.
const leftNothingBehind = (now: Date) => sql`not exists (
  select from registrations r where r.gln = d.receiver and r.endpoint_id <> d.endpoint_id
    and ${firstOf(sql`p.endpoint_id = r.endpoint_id and p.receiver = d.receiver and p.sender = d.sender
      and ${sharesLine} and not p.is_chosen
      and not exists (select from registrations n
        where n.gln = p.receiver and n.endpoint_id = p.endpoint_id and n.direction = 'receive'
          and n.superseded_at is null and n.valid_from <= ${now} and (n.valid_to is null or n.valid_to > ${now})
          and (p.message_type = '' or upper(n.message_type) = p.message_type))`)} is not null)`;

/** Whether the first of a line, `d`, is its head in every respect and may be handed over. */
export const mayBeHandedOver = (now: Date): SQL =>
  sql`${isNotCrossed} and ${isAlone(now)} and ${leftNothingBehind(now)}`;
