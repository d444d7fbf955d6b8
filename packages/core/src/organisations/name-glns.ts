import { and, asc, inArray, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { heldAt, momentOf } from "./moment.ts";
import { o, v } from "./summaries.ts";

/**
 * The present display names of location numbers: the name of the unit that has the number as its own, of several the highest. A
 * number without a unit is absent.
 */
export async function nameGlns(
  ctx: Context,
  input: { glns: readonly string[] },
): Promise<Map<string, string>> {
  const glns = [...new Set(input.glns)].filter((gln) => /^\d{13}$/.test(gln));
  if (glns.length === 0) return new Map();
  const rows = await ctx.db
    .select({ gln: v.gln, name: v.name })
    .from(v)
    .innerJoin(o, sql`${o.sorId} = ${v.sorId}`)
    .where(and(inArray(v.gln, glns), heldAt("v", momentOf(ctx, {}))))
    .orderBy(sql`array_position(array['owner', 'institution', 'unit'], ${o.level})`, asc(v.sorId));
  const names = new Map<string, string>();
  for (const { gln, name } of rows) if (gln !== null && !names.has(gln)) names.set(gln, name);
  return names;
}
