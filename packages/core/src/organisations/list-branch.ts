import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { heldAt, momentOf } from "./moment.ts";
import type { OrganisationLevel, UnitQuestion } from "./schemas.ts";

/** A unit of a branch in both hierarchies. */
export type BranchUnit = {
  sorId: string;
  name: string;
  level: OrganisationLevel;
  /** The unit above it in the branch; null for the top. */
  parentSorId: string | null;
  /** Its clinical-administrative level (ID27), and the nearest unit above it in the branch that has one. */
  clinicalLevel: string | null;
  /** Code of that level; null where none is published. */
  clinicalLevelCode: string | null;
  clinicalParentSorId: string | null;
};

const depthMax = 20;

/**
 * A unit and all units below it on the day, those above first, with their places in the organisational and in the
 * clinical-administrative hierarchy; at most `limit`. Empty when the unit is not valid on the day.
 */
export async function listBranch(
  ctx: Context,
  { limit, ...input }: UnitQuestion & { limit: number },
): Promise<{ units: BranchUnit[]; isAll: boolean }> {
  const at = momentOf(ctx, input);
  const rows = await ctx.db
    .select({
      sorId: sql<string>`b.sor_id`,
      name: sql<string>`b.name`,
      level: sql<OrganisationLevel>`b.level`,
      parentSorId: sql<string | null>`b.above`,
      clinicalLevel: sql<string | null>`b.clinical`,
      clinicalLevelCode: sql<string | null>`b.clinical_code`,
      clinicalParentSorId: sql<string | null>`b.clinical_above`,
    })
    .from(sql`(
      with recursive branch as (
        select v.sor_id, v.name, v.level, v.organisational_level_name as clinical,
          v.organisational_level_code as clinical_code, null::text as above, null::text as clinical_above, 0 as depth
        from organisation_versions v where v.sor_id = ${input.sorId} and ${heldAt("v", at)}
        union all
        select v.sor_id, v.name, v.level, v.organisational_level_name, v.organisational_level_code, branch.sor_id,
          case when branch.clinical is null then branch.clinical_above else branch.sor_id end, branch.depth + 1
        from branch join organisation_versions v on v.parent_sor_id = branch.sor_id and ${heldAt("v", at)}
        where branch.depth < ${depthMax}
      ) select * from branch
    ) as b`)
    .orderBy(sql`b.depth`, sql`b.name`, sql`b.sor_id`)
    .limit(limit + 1);
  return { units: rows.slice(0, limit), isAll: rows.length <= limit };
}
