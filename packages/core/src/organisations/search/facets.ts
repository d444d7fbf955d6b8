import { type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { v } from "../summaries.ts";
import type { FacetName } from "./schemas.ts";
import { typeCodesOfKind, unitKinds } from "./unit-kinds.ts";

/** How many hits have each value, the most frequent first. */
export type Facets = Partial<Record<FacetName, { value: string; count: number }[]>>;

const valuesMax = 100;

const columns = {
  level: v.level,
  kind: v.searchKind,
  type: v.typeCode,
  region: v.regionCode,
  municipality: v.municipalityCode,
} as const satisfies Record<FacetName, unknown>;

/** Counts the version rows of a condition by each name, at most 100 values of each; units without a value are not counted. */
export async function countFacets(
  ctx: Context,
  { where, names }: { where: SQL; names: readonly FacetName[] },
): Promise<Facets> {
  const asked = [...new Set(names)];
  const sets = asked.map((name) => sql`(${columns[name]})`);
  const of = sql.join(
    asked.map((name) => sql`when grouping(${columns[name]}) = 0 then ${name}`),
    sql` `,
  );
  const value = sql.join(
    asked.map((name) => sql`${columns[name]}`),
    sql`, `,
  );
  const rows = await ctx.db
    .select({
      name: sql<FacetName>`case ${of} end`,
      value: sql<string | null>`coalesce(${value})`,
      count: sql<number>`count(distinct ${v.sorId})::int`,
    })
    .from(v)
    .where(where)
    .groupBy(sql`grouping sets (${sql.join(sets, sql`, `)})`)
    .orderBy(sql`3 desc, 2`);
  const valuesOf = (name: FacetName) =>
    rows.flatMap((row) =>
      row.name === name && row.value !== null ? [{ value: row.value, count: row.count }] : [],
    );
  return Object.fromEntries(
    asked.map((name) => [
      name,
      (name === "kind" ? kindsOf(valuesOf(name)) : valuesOf(name)).slice(0, valuesMax),
    ]),
  );
}

/** Kinds have several type codes. */
function kindsOf(types: readonly { value: string; count: number }[]): { value: string; count: number }[] {
  return unitKinds
    .map((kind) => ({
      value: kind,
      count: types
        .filter(({ value }) => typeCodesOfKind(kind).includes(value))
        .reduce((sum, { count }) => sum + count, 0),
    }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
}
