import { eq, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { ReadDatabase } from "../database/index.ts";
import type { Inheriting } from "./inherit.ts";
import { type At, heldAt, notEndedOn } from "./moment.ts";
import { organisations, organisationVersions } from "./tables.ts";

/** A deeper tree is assumed to have a cycle and not followed further. */
const depthMax = 50;

type PathUnit = Inheriting & { parentSorId: string | null; typeCode: string | null };

/** Every unit's path on the day: the unit first, then its parent, and so on. Units not valid then are absent. */
export async function loadPaths(
  db: ReadDatabase,
  sorIds: readonly string[],
  at: At,
): Promise<Map<string, PathUnit[]>> {
  const paths = new Map<string, PathUnit[]>();
  if (sorIds.length === 0) return paths;
  const v = alias(organisationVersions, "v");
  const rows = await db
    .select({
      start: sql<string>`up.start`,
      sorId: v.sorId,
      level: organisations.level,
      parentSorId: v.parentSorId,
      name: v.name,
      typeCode: v.typeCode,
      postalAddress: v.postalAddress,
      visitingAddress: v.visitingAddress,
      activityAddress: v.activityAddress,
      virtualAddress: v.virtualAddress,
      gln: v.gln,
      glnInherited: v.glnInherited,
    })
    .from(upwards(sorIds, at))
    .innerJoin(v, eq(v.id, sql`up.id`))
    .innerJoin(organisations, eq(organisations.sorId, v.sorId))
    .orderBy(sql`up.start`, sql`up.depth`);
  for (const { start, ...unit } of rows) {
    const path = paths.get(start);
    if (path) path.push(unit);
    else paths.set(start, [unit]);
  }
  return paths;
}

function upwards(sorIds: readonly string[], at: At): SQL {
  return sql`(
    with recursive climb as (
      select v.sor_id as start, v.id, v.parent_sor_id, 0 as depth
      from organisation_versions v
      where v.sor_id = any(${sql.param(sorIds)}::text[]) and ${heldAt("v", at)}
      union all
      select climb.start, v.id, v.parent_sor_id, climb.depth + 1
      from climb join organisation_versions v on v.sor_id = climb.parent_sor_id and ${heldAt("v", at)}
      where climb.depth < ${depthMax}
    ) select * from climb
  ) as up`;
}

/**
 * SOR ids of all units that have the location number as their own and have not ended on the day, and of all their ancestors;
 * compared with subtree grants (`Subject.unitPath`). Empty when no unit has it.
 */
export async function unitPathOfGln(db: ReadDatabase, gln: string, day: string): Promise<string[]> {
  return await climbFrom(db, sql`v.gln = ${gln}`, day);
}

/**
 * SOR ids of all units that ever had one of the location numbers as their own, of those that succeeded them, step by step, and of
 * all their ancestors at any time, as known now.
 */
export async function unitsAroundGlns(db: ReadDatabase, glns: readonly string[]): Promise<string[]> {
  const rows = await db.select({ sorId: sql<string>`around.sor_id` }).from(sql`(
    with recursive reach as (
      select v.sor_id from organisation_versions v
      where v.gln = any(${sql.param(glns)}::text[]) and v.superseded_at is null
      union
      select near.sor_id from reach cross join lateral (
        select v.parent_sor_id as sor_id from organisation_versions v
        where v.sor_id = reach.sor_id and v.superseded_at is null and v.parent_sor_id is not null
        union all select s.to_sor_id from organisation_successors s where s.from_sor_id = reach.sor_id) as near
    ) select sor_id from reach) as around`);
  return rows.map((row) => row.sorId);
}

/** SOR ids of a unit and all its ancestors that have not ended on the day. Empty for a unit that is not registered. */
export async function unitPathOf(db: ReadDatabase, sorId: string, day: string): Promise<string[]> {
  return await climbFrom(db, sql`v.sor_id = ${sorId}`, day);
}

async function climbFrom(db: ReadDatabase, start: SQL, day: string): Promise<string[]> {
  const rows = await db.select({ sorId: sql<string>`up.sor_id` }).from(sql`(
    with recursive climb as (
      select v.sor_id, v.parent_sor_id from organisation_versions v where ${start} and ${notEndedOn("v", day)}
      union
      select v.sor_id, v.parent_sor_id
      from climb join organisation_versions v on v.sor_id = climb.parent_sor_id and ${notEndedOn("v", day)}
    ) select distinct sor_id from climb
  ) as up`);
  return rows.map((row) => row.sorId);
}

/** Own location numbers of a unit and of every unit below it that has not ended on the day, in no particular order. */
export async function glnsOfSubtree(db: ReadDatabase, sorId: string, day: string): Promise<string[]> {
  const rows = await db.select({ gln: sql<string>`down.gln` }).from(sql`(
    with recursive descent as (
      select v.sor_id, v.gln from organisation_versions v where v.sor_id = ${sorId} and ${notEndedOn("v", day)}
      union
      select v.sor_id, v.gln
      from descent join organisation_versions v on v.parent_sor_id = descent.sor_id and ${notEndedOn("v", day)}
    ) select distinct gln from descent where gln is not null
  ) as down`);
  return rows.map((row) => row.gln);
}
