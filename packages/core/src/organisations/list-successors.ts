import { eq, or } from "drizzle-orm";
import type { Context } from "../context.ts";
import { nameUnits } from "./name-units.ts";
import { organisationSuccessors } from "./tables.ts";

/** A unit in a succession; the name is null when the unit is not in the register. */
export type Successor = { sorId: string; name: string | null };

/** The predecessors and successors of a unit. */
export async function listSuccessors(
  ctx: Context,
  { sorId }: { sorId: string },
): Promise<{ replaces: Successor[]; replacedBy: Successor[] }> {
  const { fromSorId, toSorId } = organisationSuccessors;
  const pairs = await ctx.db
    .select()
    .from(organisationSuccessors)
    .where(or(eq(fromSorId, sorId), eq(toSorId, sorId)))
    .orderBy(fromSorId, toSorId);
  const others = pairs.map((pair) => (pair.fromSorId === sorId ? pair.toSorId : pair.fromSorId));
  const nameOf = await nameUnits(ctx, { sorIds: others });
  const successor = (id: string): Successor => ({ sorId: id, name: nameOf.get(id) ?? null });
  return {
    replaces: pairs.filter((pair) => pair.toSorId === sorId).map((pair) => successor(pair.fromSorId)),
    replacedBy: pairs.filter((pair) => pair.fromSorId === sorId).map((pair) => successor(pair.toSorId)),
  };
}
