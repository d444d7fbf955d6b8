import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { findHeadsOfLines, rememberServed } from "../ordering/index.ts";
import { chooseFairly, holdersWithoutRoom, openPlaces, type Places } from "../shares/index.ts";

export type DueQuestion = {
  /** Most deliveries taken at once. */
  limit: number;
  /** Most deliveries under way at once to one endpoint, over all processes. */
  perEndpoint: number;
  /** The places of this process, and how many of them the suppliers of receivers have. Absent: all that are free, for anybody. */
  places?: Places | undefined;
};

/** An endpoint whose work this transaction gives out: it holds the lock of its row in endpoint_queues. */
type OpenEndpoint = { id: string; is_ordered: boolean; supplier_id: string };
type Due = { id: string; endpoint_id: string; due: number };
/** `places`: how many its endpoint may have now. */
type Oldest = Due & { places: number };

// The row of endpoint_queues is the lock under which an endpoint's work is given out. What is under way is counted by a later
// statement, which sees all that whoever held the lock before gave out. Suppliers come in turn, so that one with a thousand
// endpoints leaves room for the endpoint of another.
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
          and d.next_attempt_at <= ${now} and (d.lease_until is null or d.lease_until <= ${now}))
  ) open
  join endpoint_queues q on q.endpoint_id = open.endpoint_id
  where q.open_until is null or q.open_until <= ${now}
  order by open.turn, random()
  limit ${limit}
  for update of q skip locked`;

// An endpoint under suspicion gets one probe at a time. Five failures: see next-attempt.ts.
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
      and d.next_attempt_at <= ${now} and (d.lease_until is null or d.lease_until <= ${now})
    order by d.next_attempt_at
    limit free.places
    for update skip locked
  ) due
  where q.endpoint_id = any(${sql.param([...ids])}::uuid[])
  order by due.next_attempt_at`;

/**
 * Finds and locks what may be sent now, the ids: each supplier's share of the places, and of these each endpoint's in turn. Where
 * more waits for an endpoint than it may have, every other place goes to the lines in turn: one sender that sends much does not
 * keep the messages of another waiting.
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
 * As many as the oldest are, one of each by turns, none twice. Which comes first is left to chance: where places come free one by
 * one neither waits for ever, not those behind a first that is tried again later.
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

/** The first of each list before the second of any; among the first the longest due. */
const ranked = (lists: readonly (readonly Due[])[]): Due[] =>
  lists
    .flatMap((list) => list.map((row, rank) => ({ row, rank })))
    .sort((a, b) => a.rank - b.rank || a.row.due - b.row.due)
    .map(({ row }) => row);
