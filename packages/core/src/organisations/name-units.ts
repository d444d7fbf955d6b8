import { and, desc, inArray, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { v } from "./summaries.ts";

/** The names of units by SOR id, as last registered, also of closed and coming ones. A unit that does not exist is absent. */
export async function nameUnits(
  ctx: Context,
  input: { sorIds: readonly string[] },
): Promise<Map<string, string>> {
  const sorIds = [...new Set(input.sorIds)];
  if (sorIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectDistinctOn([v.sorId], { sorId: v.sorId, name: v.name })
    .from(v)
    .where(and(inArray(v.sorId, sorIds), sql`${v.supersededAt} is null`))
    .orderBy(v.sorId, desc(v.validFrom));
  return new Map(rows.map(({ sorId, name }) => [sorId, name]));
}
