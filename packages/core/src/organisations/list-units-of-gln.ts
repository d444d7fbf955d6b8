import { eq, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { heldAt, momentOf } from "./moment.ts";
import type { Moment, OrganisationLevel } from "./schemas.ts";
import { o, v } from "./summaries.ts";

/** A unit whose effective location number this is; `fromSorId` is the unit that has it as its own. */
export type UnitOfGln = {
  sorId: string;
  level: OrganisationLevel;
  name: string;
  inherited: boolean;
  fromSorId: string;
};

/** Maximum number of units listed for one location number. A region's number may be inherited by thousands. */
const unitsMax = 1000;

/**
 * All units with this effective location number on the day: first those that have it as their own, then those that inherit it.
 */
export async function listUnitsOfGln(
  ctx: Context,
  { gln, ...moment }: { gln: string } & Moment,
): Promise<UnitOfGln[]> {
  const at = momentOf(ctx, moment);
  const reached = sql`(
    with recursive reach as (
      select v.id, v.sor_id, v.sor_id as from_sor_id, false as inherited, true as shows
      from organisation_versions v where v.gln = ${gln} and ${heldAt("v", at)}
      union all
      select v.id, v.sor_id, reach.from_sor_id, true, v.gln_inherited
      from reach join organisation_versions v on v.parent_sor_id = reach.sor_id and ${heldAt("v", at)}
      where v.gln is null
    ) cycle sor_id set circular using way
    select id, from_sor_id, inherited from reach where shows and not circular
  ) as reached`;
  return await ctx.db
    .select({
      sorId: v.sorId,
      level: o.level,
      name: v.name,
      inherited: sql<boolean>`reached.inherited`,
      fromSorId: sql<string>`reached.from_sor_id`,
    })
    .from(reached)
    .innerJoin(v, eq(v.id, sql`reached.id`))
    .innerJoin(o, eq(o.sorId, v.sorId))
    .orderBy(sql`reached.inherited`, v.sorId)
    .limit(unitsMax);
}
