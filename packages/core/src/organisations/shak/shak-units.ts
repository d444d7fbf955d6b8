import { and, inArray, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { heldAt, momentOf } from "../moment.ts";
import { v } from "../summaries.ts";

/** A unit that has a SHAK code, and its region. */
export type UnitOfShak = { sorId: string; name: string; regionCode: string | null };

const unitsMax = 5000;

/** The units that have each of some SHAK codes on the day, by SOR id; a code without any is absent. */
export async function unitsOfShakCodes(
  ctx: Context,
  { codes, validAt }: { codes: readonly string[]; validAt?: string | undefined },
): Promise<Map<string, UnitOfShak[]>> {
  if (codes.length === 0) return new Map();
  const rows = await ctx.db
    .select({
      code: sql<string>`${v.shakCode}`,
      sorId: v.sorId,
      name: v.name,
      regionCode: v.regionCode,
    })
    .from(v)
    .where(and(inArray(v.shakCode, [...codes]), heldAt("v", momentOf(ctx, { validAt }))))
    .orderBy(v.sorId)
    .limit(unitsMax);
  const found = new Map<string, UnitOfShak[]>();
  for (const { code, ...unit } of rows) found.set(code, [...(found.get(code) ?? []), unit]);
  return found;
}
