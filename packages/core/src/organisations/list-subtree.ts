import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { notEndedOn } from "./moment.ts";

/** A unit that stands below another on a day or later. */
export type UnitBelow = {
  sorId: string;
  name: string;
  /** 1 for those directly below. */
  depth: number;
  /** Its own location number, and whether it inherits one. */
  gln: string | null;
  glnInherited: boolean;
};

const depthMax = 50;

/** Every unit that stands below one on the day or comes to stand there later, at most `limit`, level by level. */
export async function listSubtree(
  ctx: Context,
  { sorId, day, limit }: { sorId: string; day: string; limit: number },
): Promise<UnitBelow[]> {
  return await ctx.db
    .select({
      sorId: sql<string>`below.sor_id`,
      name: sql<string>`below.name`,
      depth: sql<number>`below.depth`,
      gln: sql<string | null>`below.gln`,
      glnInherited: sql<boolean>`below.gln_inherited`,
    })
    .from(sql`(
      with recursive descent as (
        select v.sor_id, 1 as depth
        from organisation_versions v where v.parent_sor_id = ${sorId} and ${notEndedOn("v", day)}
        union
        select v.sor_id, descent.depth + 1
        from descent join organisation_versions v on v.parent_sor_id = descent.sor_id and ${notEndedOn("v", day)}
        where descent.depth < ${depthMax}
      ), nearest as (select sor_id, min(depth) as depth from descent group by sor_id)
      select distinct on (v.sor_id) v.sor_id, v.name, nearest.depth, v.gln, v.gln_inherited
      from nearest join organisation_versions v on v.sor_id = nearest.sor_id and ${notEndedOn("v", day)}
      order by v.sor_id, v.valid_from
    ) as below`)
    .orderBy(sql`below.depth`, sql`below.name`, sql`below.sor_id`)
    .limit(limit);
}
