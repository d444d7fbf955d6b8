import { and, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import { countChildren } from "./list-below.ts";
import { type Succession, successionsOf } from "./list-successors.ts";
import { momentOf } from "./moment.ts";
import type { Included, Moment } from "./schemas.ts";
import { isShown } from "./search/filters.ts";
import type { UnitStatus } from "./search/schemas.ts";
import { type ShakOfUnit, shakOfUnits } from "./shak/shak-codes.ts";
import { v } from "./summaries.ts";
import { type Attributes, attributesOf } from "./version-attributes.ts";

/** What is told of one unit: the members that were asked for. */
export type IncludedOfUnit = {
  attributes?: Attributes;
  successions?: Succession;
  shak?: ShakOfUnit[];
  childCount?: number;
};

/** What was asked for of each of some units that a search at the moment found; one query for each kind. */
export async function includedOf(
  ctx: Context,
  sorIds: readonly string[],
  { include, status, ...moment }: { include: readonly Included[]; status: UnitStatus } & Moment,
): Promise<Map<string, IncludedOfUnit>> {
  const found = new Map<string, IncludedOfUnit>(sorIds.map((id) => [id, {}]));
  if (sorIds.length === 0) return found;
  const at = momentOf(ctx, moment);
  const add = (sorId: string, more: IncludedOfUnit) => found.set(sorId, { ...found.get(sorId), ...more });
  if (include.includes("attributes")) {
    const where = and(inArray(v.sorId, [...sorIds]), isShown(status, at));
    for (const row of await ctx.db.select().from(v).where(where)) {
      add(row.sorId, { attributes: attributesOf(row) });
    }
  }
  if (include.includes("successions")) {
    for (const [sorId, successions] of await successionsOf(ctx, sorIds)) add(sorId, { successions });
  }
  if (include.includes("shak")) {
    const codes = await shakOfUnits(ctx, sorIds);
    for (const sorId of sorIds) add(sorId, { shak: codes.get(sorId) ?? [] });
  }
  if (include.includes("childCount")) {
    const counts = await countChildren(ctx, sorIds, at);
    for (const sorId of sorIds) add(sorId, { childCount: counts.get(sorId) ?? 0 });
  }
  return found;
}
