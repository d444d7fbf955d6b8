import type { Context } from "@sor/core";
import { listOpenSetsOf } from "@sor/core/changesets";

/** The open sets about a unit or location number, as its page names them to those who may see them. */
export async function openSetsOf(ctx: Context, subject: { type: "unit" | "location"; id: string }) {
  if (ctx.actor.kind !== "user") return [];
  const sets = await listOpenSetsOf(ctx, subject);
  return sets.map(({ id, title, state, ownerName }) => ({ id, title, state, ownerName }));
}
