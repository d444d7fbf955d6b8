import { and, asc, desc, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { LocationVersion } from "../endpoints/index.ts";
import { systems } from "../endpoints/tables.ts";
import { organisationVersions } from "../organisations/tables.ts";
import { holdsOn, lv, unit } from "./location-conditions.ts";

/** From this number of rows on, a list reads an index in order instead of sorting. */
const walkFrom = 5_000;

/** A location number and its sort key, if that is not the number itself. */
export type ListedRow = { location: LocationVersion; key: string | null };

/** Which location numbers, after which, in which direction, and how many. */
export type ListQuestion = {
  where: SQL | undefined;
  after: { key: string | null; gln: string } | undefined;
  isDescending: boolean;
  limit: number;
  day: string;
};

/**
 * One page of location numbers sorted by `gln`, `name` (of their first unit) or `system`; those without a key come last. `total`
 * is the number of rows: many are read in index order, few are sorted.
 */
export async function selectInOrder(
  ctx: Context,
  by: string,
  ask: ListQuestion,
  total: number,
): Promise<ListedRow[]> {
  if (by === "name") return total < walkFrom ? await sortByName(ctx, ask) : await walkByName(ctx, ask);
  if (by === "system") return total < walkFrom ? await sortBySystem(ctx, ask) : await walkBySystem(ctx, ask);
  return await inOrderOfGln(ctx, ask);
}

const direction = (ask: ListQuestion) => (ask.isDescending ? desc : asc);

async function inOrderOfGln(ctx: Context, ask: ListQuestion): Promise<ListedRow[]> {
  const beyond =
    ask.after && (ask.isDescending ? sql`${lv.gln} < ${ask.after.gln}` : sql`${lv.gln} > ${ask.after.gln}`);
  const rows = await ctx.db
    .select()
    .from(lv)
    .where(and(ask.where, beyond))
    .orderBy(direction(ask)(lv.gln))
    .limit(ask.limit);
  return rows.map((location) => ({ location, key: null }));
}

// Rows without a key come last in both directions, by number.
function afterKey(key: SQL, gln: SQL, ask: ListQuestion): SQL | undefined {
  if (!ask.after) return undefined;
  if (ask.after.key === null) return sql`(${key} is null and ${gln} > ${ask.after.gln})`;
  const pair = sql`(${key}, ${gln})`;
  const last = sql`(${ask.after.key}::text, ${ask.after.gln}::text)`;
  return ask.isDescending
    ? sql`(${pair} < ${last} or ${key} is null)`
    : sql`(${pair} > ${last} or ${key} is null)`;
}

function byKey(key: SQL, gln: SQL, ask: ListQuestion): SQL[] {
  if (!ask.isDescending) return [sql`${key} asc nulls last`, sql`${gln} asc`];
  return [sql`${key} desc nulls last`, sql`case when ${key} is null then ${gln} end asc`, sql`${gln} desc`];
}

async function sortBySystem(ctx: Context, ask: ListQuestion): Promise<ListedRow[]> {
  const [key, gln] = [sql<string | null>`${systems.name}`, sql`${lv.gln}`];
  return await ctx.db
    .select({ location: lv, key })
    .from(lv)
    .leftJoin(systems, eq(systems.id, lv.systemId))
    .where(and(ask.where, afterKey(key, gln, ask)))
    .orderBy(...byKey(key, gln, ask))
    .limit(ask.limit);
}

async function walkBySystem(ctx: Context, ask: ListQuestion): Promise<ListedRow[]> {
  const all = await ctx.db
    .select({ id: systems.id, name: systems.name })
    .from(systems)
    .orderBy(direction(ask)(systems.name));
  const names = [...Map.groupBy(all, (system) => system.name).entries()];
  const start = ask.after ? names.findIndex(([name]) => name === ask.after?.key) : 0;
  const rows: ListedRow[] = [];
  for (const [name, found] of ask.after?.key === null ? [] : names.slice(Math.max(start, 0))) {
    if (rows.length >= ask.limit) return rows;
    const isFirst = name === ask.after?.key;
    const ofName = inArray(
      lv.systemId,
      found.map((system) => system.id),
    );
    const rest = {
      ...ask,
      where: and(ask.where, ofName),
      after: isFirst ? ask.after : undefined,
      limit: ask.limit - rows.length,
    };
    rows.push(...(await inOrderOfGln(ctx, rest)).map(({ location }) => ({ location, key: name })));
  }
  if (rows.length >= ask.limit) return rows;
  const after = ask.after?.key === null ? ask.after : undefined;
  const none = {
    ...ask,
    where: and(ask.where, isNull(lv.systemId)),
    after,
    isDescending: false,
    limit: ask.limit - rows.length,
  };
  return [...rows, ...(await inOrderOfGln(ctx, none))];
}

async function sortByName(ctx: Context, ask: ListQuestion): Promise<ListedRow[]> {
  const first = sql`lateral (
    select unit.name as first_name from ${organisationVersions} unit
    where ${unit.gln} = ${lv.gln} and ${holdsOn(unit, ask.day)} order by ${unit.name}, ${unit.sorId} limit 1
  ) as named`;
  const [key, gln] = [sql<string | null>`named.first_name`, sql`${lv.gln}`];
  return await ctx.db
    .select({ location: lv, key })
    .from(lv)
    .leftJoin(first, sql`true`)
    .where(and(ask.where, afterKey(key, gln, ask)))
    .orderBy(...byKey(key, gln, ask))
    .limit(ask.limit);
}

async function walkByName(ctx: Context, ask: ListQuestion): Promise<ListedRow[]> {
  const named = ask.after?.key === null ? [] : await walkNames(ctx, ask);
  if (named.length >= ask.limit) return named;
  return [...named, ...(await withoutUnit(ctx, { ...ask, limit: ask.limit - named.length }))];
}

async function walkNames(ctx: Context, ask: ListQuestion): Promise<ListedRow[]> {
  const { after, day } = ask;
  const isFirst = sql`not exists (
    select 1 from ${organisationVersions} other where other.gln = ${unit.gln} and other.superseded_at is null
      and other.valid_from <= ${day} and (other.valid_to is null or other.valid_to > ${day})
      and (other.name, other.sor_id) < (${unit.name}, ${unit.sorId})
  )`;
  const compare = ask.isDescending ? sql`<` : sql`>`;
  const beyond =
    after && sql`(${unit.name}, ${unit.gln}) ${compare} (${after.key}::text, ${after.gln}::text)`;
  return await ctx.db
    .select({ location: lv, key: unit.name })
    .from(unit)
    .innerJoin(lv, eq(lv.gln, unit.gln))
    .where(and(sql`${unit.gln} is not null`, holdsOn(unit, day), beyond, isFirst, ask.where))
    .orderBy(direction(ask)(unit.name), direction(ask)(unit.gln))
    .limit(ask.limit);
}

async function withoutUnit(ctx: Context, ask: ListQuestion): Promise<ListedRow[]> {
  const none = sql`not exists (select 1 from ${organisationVersions} unit where ${unit.gln} = ${lv.gln} and ${holdsOn(unit, ask.day)})`;
  const beyond = ask.after?.key === null ? sql`${lv.gln} > ${ask.after.gln}` : undefined;
  const rows = await ctx.db
    .select()
    .from(lv)
    .where(and(ask.where, none, beyond))
    .orderBy(asc(lv.gln))
    .limit(ask.limit);
  return rows.map((location) => ({ location, key: null }));
}
