import { eq, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { isInForce, mayAnywhere, roleActions } from "../permissions/index.ts";
import { changeSets } from "./tables.ts";

/** Condition for the sets that the actor may see: their own, their supplier's, and submitted ones in their part of the register. */
export function visibleTo(ctx: Context): SQL | undefined {
  const { actor } = ctx;
  if (actor.kind === "system") return undefined;
  // A key's supplier does not make up for a scope that it lacks.
  const isEditor = actor.kind === "user" || mayAnywhere(actor, "change-set.edit", ctx.now);
  if (actor.kind === "anonymous" || !isEditor) return sql`false`;
  const editing = actor.grants.filter(
    (grant) => isInForce(grant, ctx.now) && roleActions[grant.role].has("unit.edit"),
  );
  const isAll = actor.kind === "user" && editing.some((grant) => grant.scope.kind === "all");
  const parts = editing.flatMap(({ scope }) => (scope.kind === "subtree" ? [scope.sorId] : []));
  return or(
    eq(changeSets.ownerId, actor.id),
    sql`${actor.id} = any(${changeSets.editorIds})`,
    actor.supplierId === null ? undefined : eq(changeSets.supplierId, actor.supplierId),
    isAll ? sql`${changeSets.state} <> 'draft'` : undefined,
    parts.length > 0
      ? sql`${changeSets.state} <> 'draft' and ${changeSets.sorIds} && ${sql.param(parts)}::text[]`
      : undefined,
  );
}
