import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";

/** A deeper tree is assumed to have a cycle and not followed further. */
const depthMax = 50;

const among = (column: SQL, values: readonly string[]) =>
  sql`${column} = any(${sql.param([...values])}::text[])`;

/**
 * Where a unit stands: its periods that have not ended on the day, also those to come, or the last when all have. A move
 * counts from its day, and a closed unit stays where it was.
 */
const stands = (
  day: string,
): SQL => sql`v.superseded_at is null and (v.valid_to is null or v.valid_to > ${day}
  or not exists (select from organisation_versions later where later.sor_id = v.sor_id
    and later.superseded_at is null and later.valid_from > v.valid_from))`;

async function reaching(
  tx: Transaction,
  root: string,
  sorIds: readonly string[],
  where: SQL,
): Promise<Set<string>> {
  if (sorIds.length === 0) return new Set();
  const { rows } = await tx.execute<{ start: string }>(sql`
    with recursive climb as (
      select v.sor_id as start, v.sor_id, v.parent_sor_id, 0 as depth from organisation_versions v
      where ${among(sql`v.sor_id`, sorIds)} and ${where}
      union
      select climb.start, v.sor_id, v.parent_sor_id, climb.depth + 1
      from climb join organisation_versions v on v.sor_id = climb.parent_sor_id and ${where}
      where climb.depth < ${depthMax} and climb.sor_id <> ${root}
    ) select distinct start from climb where sor_id = ${root}`);
  return new Set(rows.map(({ start }) => start));
}

/** Which of the units are the root or stand below it on the day. */
export const membersAmong = (tx: Transaction, root: string, sorIds: readonly string[], day: string) =>
  reaching(tx, root, sorIds, stands(day));

/** Which of the units were ever registered as the root or below it, or are. */
export const everBelow = (tx: Transaction, root: string, sorIds: readonly string[]) =>
  reaching(tx, root, sorIds, sql`true`);

/** Some units and all that stand below them on the day. */
export async function withAllBelow(
  tx: Transaction,
  sorIds: readonly string[],
  day: string,
): Promise<string[]> {
  if (sorIds.length === 0) return [];
  const { rows } = await tx.execute<{ sorId: string }>(sql`
    with recursive descent as (
      select v.sor_id, 0 as depth from organisation_versions v
      where ${among(sql`v.sor_id`, sorIds)} and v.superseded_at is null
      union
      select v.sor_id, descent.depth + 1
      from descent join organisation_versions v on v.parent_sor_id = descent.sor_id and ${stands(day)}
      where descent.depth < ${depthMax}
    ) select distinct sor_id as "sorId" from descent`);
  return rows.map(({ sorId }) => sorId);
}

/** The units that have or had each location number as their own; with `isEver` also as it was known before. */
export async function holdersOf(
  tx: Transaction,
  glns: readonly string[],
  { isEver }: { isEver: boolean },
): Promise<Map<string, string[]>> {
  if (glns.length === 0) return new Map();
  const { rows } = await tx.execute<{ gln: string; sorIds: string[] }>(sql`
    select v.gln, array_agg(distinct v.sor_id) as "sorIds" from organisation_versions v
    where ${among(sql`v.gln`, glns)} and ${isEver ? sql`true` : sql`v.superseded_at is null`} group by v.gln`);
  return new Map(rows.map(({ gln, sorIds }) => [gln, sorIds]));
}

/** The own location numbers of some units, at any time, as known now. */
export async function ownGlns(tx: Transaction, sorIds: readonly string[]): Promise<string[]> {
  if (sorIds.length === 0) return [];
  const { rows } = await tx.execute<{ gln: string }>(sql`
    select distinct v.gln from organisation_versions v
    where ${among(sql`v.sor_id`, sorIds)} and v.superseded_at is null and v.gln is not null`);
  return rows.map(({ gln }) => gln);
}
