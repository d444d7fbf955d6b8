import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { isFree } from "../messages/index.ts";
import { findHeadsOfLines, rememberServed } from "../ordering/index.ts";
import { chooseFairly, holdersWithoutRoom, openPlaces, type Places } from "../shares/index.ts";

export type DueQuestion = {
  /** Maximum number of deliveries taken at once. */
  limit: number;
  /** Maximum number of concurrent deliveries to one endpoint, over all processes. */
  perEndpoint: number;
  /**
   * The concurrency slots of this process and how many of them are in use by each receiving supplier. Absent: all slots are free
   * for anybody.
   */
  places?: Places | undefined;
};

/** An endpoint whose `endpoint_queues` row this transaction has locked, to take deliveries for it. */
type OpenEndpoint = { id: string; is_ordered: boolean; supplier_id: string };
type Due = { id: string; endpoint_id: string; due: number };
/** `places`: how many more deliveries its endpoint may have under way now. */
type Oldest = Due & { places: number };

// The row of endpoint_queues is the lock under which an endpoint's deliveries are taken. Deliveries under way are counted by a
// later statement, whose snapshot includes everything taken by the previous holder of the lock. Suppliers are served round-robin,
// so that one with a thousand endpoints leaves room for the others.
const lockEndpointsWithWork = (now: Date, limit: number, withoutRoom: readonly string[]) => sql`
  select q.endpoint_id as id, open.is_ordered, open.supplier_id
  from (
    select q.endpoint_id, e.is_ordered, e.supplier_id,
      row_number() over (partition by e.supplier_id order by random()) as turn
    from endpoint_queues q
    join endpoints e on e.id = q.endpoint_id
    where e.transport <> 'mailbox'
      and (e.state = 'active' or (e.state = 'paused' and (e.paused_until <= ${now} or e.draining_since is not null)))
      and (q.open_until is null or q.open_until <= ${now})
      and e.supplier_id <> all(${sql.param([...withoutRoom])}::uuid[])
      and exists (
        select from deliveries d
        where d.endpoint_id = q.endpoint_id and d.state = 'waiting' and d.transport <> 'mailbox'
          and d.next_attempt_at <= ${now} and ${isFree(now)})
  ) open
  join endpoint_queues q on q.endpoint_id = open.endpoint_id
  where q.open_until is null or q.open_until <= ${now}
  order by open.turn, random()
  limit ${limit}
  for update of q skip locked`;

// An endpoint whose circuit breaker has opened gets one probe at a time. Five failures: see next-attempt.ts.
const findOldest = (now: Date, most: number, ids: readonly string[]) => sql`
  select due.id, q.endpoint_id, extract(epoch from due.next_attempt_at)::float8 as due, free.places
  from endpoint_queues q
  cross join lateral (
    select greatest(0, (case when q.failures_in_row >= 5 then 1 else ${most}::int end) - count(*)::int) as places
    from deliveries d
    where d.endpoint_id = q.endpoint_id and d.lease_until > ${now}
  ) free
  cross join lateral (
    select d.id, d.next_attempt_at from deliveries d
    where d.endpoint_id = q.endpoint_id and d.state = 'waiting' and d.transport <> 'mailbox'
      and d.next_attempt_at <= ${now} and ${isFree(now)}
    order by d.next_attempt_at
    limit free.places
    for update skip locked
  ) due
  where q.endpoint_id = any(${sql.param([...ids])}::uuid[])
  order by due.next_attempt_at`;

/**
 * Finds and locks the deliveries that may be sent now and returns their ids: slots are shared between suppliers, and within a
 * supplier between endpoints. Where more is due for an endpoint than it may have under way, every other slot is given to its
 * lines (receiver, sender, type) round-robin, so that a sender of many messages does not delay the messages of another.
 */
export async function findDue(tx: Transaction, ctx: Context, question: DueQuestion): Promise<string[]> {
  const { limit, perEndpoint } = question;
  const places = question.places ?? openPlaces(limit);
  const open = await tx.execute<OpenEndpoint>(
    lockEndpointsWithWork(ctx.now, limit, holdersWithoutRoom(places)),
  );
  const supplierOf = new Map(open.rows.map((row) => [row.id, row.supplier_id]));
  const idsOf = (isOrdered: boolean) =>
    open.rows.filter((row) => row.is_ordered === isOrdered).map(({ id }) => id);
  const free = idsOf(false);
  const most = Math.min(limit, perEndpoint);
  const oldest = free.length > 0 ? (await tx.execute<Oldest>(findOldest(ctx.now, most, free))).rows : [];
  const byEndpoint = Map.groupBy(oldest, (row) => row.endpoint_id);
  const crowded = [...byEndpoint].flatMap(([id, rows]) => (rows.length === rows[0]?.places ? [id] : []));
  const lines = { perEndpoint: most, isInOrder: false, endpointIds: crowded };
  const turns = await findHeadsOfLines(tx, ctx, lines);
  const heads = await findHeadsOfLines(tx, ctx, { ...lines, isInOrder: true, endpointIds: idsOf(true) });
  const turnsOf = Map.groupBy(turns, (row) => row.endpoint_id);
  const inTurn = [...byEndpoint].map(([id, rows]) => alternate(turnsOf.get(id) ?? [], rows));
  const waiting = ranked([...inTurn, ...Map.groupBy(heads, (row) => row.endpoint_id).values()]);
  const chosen = chooseFairly(waiting, (row) => supplierOf.get(row.endpoint_id) ?? "", places).slice(
    0,
    limit,
  );
  const ids = new Set(chosen.map(({ id }) => id));
  await rememberServed(
    tx,
    [...heads, ...turns].filter(({ id }) => ids.has(id)),
  );
  return [...ids];
}

/**
 * As many as `oldest`, alternating between the two lists, without duplicates. Which list goes first is random: where slots become
 * free one at a time, neither list is starved, nor are deliveries queued behind one that is being retried.
 */
function alternate(turns: readonly Due[], oldest: readonly Due[]): Due[] {
  const isTurnFirst = Math.random() < 0.5;
  const all = oldest.flatMap((row, place) => {
    const turn = turns[place] ?? row;
    return isTurnFirst ? [turn, row] : [row, turn];
  });
  const once = new Map(all.map((row) => [row.id, row]));
  return [...once.values()].slice(0, oldest.length);
}

/** The first of each list before the second of any; ties go to the longest due. */
const ranked = (lists: readonly (readonly Due[])[]): Due[] =>
  lists
    .flatMap((list) => list.map((row, rank) => ({ row, rank })))
    .sort((a, b) => a.rank - b.rank || a.row.due - b.row.due)
    .map(({ row }) => row);
