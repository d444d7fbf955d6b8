import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { glnsOfSubtree } from "../organisations/index.ts";
import { type Action, type GrantScope, isInForce, mayAnywhere, roleActions } from "../permissions/index.ts";
import { dayInDenmark } from "../validity/index.ts";

/** Which messages an actor may see: those where one side is the actor's. */
export type Visibility =
  | { kind: "all" }
  | {
      kind: "some";
      supplierIds: readonly string[];
      glns: readonly string[];
      /** The only location numbers of a key that is restricted to some. */
      limitedTo: readonly string[] | null;
    };

/** Which messages the actor may see. Throws `not-allowed` when the actor may see none at all. */
export async function findVisibility(ctx: Context, action: Action = "message.read"): Promise<Visibility> {
  const { actor } = ctx;
  if (actor.kind === "system") return { kind: "all" };
  if (actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first", { action });
  const grants = actor.grants.filter(
    (grant) => isInForce(grant, ctx.now) && roleActions[grant.role].has(action),
  );
  const unlimited = actor.kind === "key" ? { ...actor, limitedTo: null } : actor;
  if (!mayAnywhere(unlimited, action, ctx.now)) {
    throw new DomainError("not-allowed", "no-right-to-messages", { action });
  }
  const limitedTo = actor.kind === "key" ? actor.limitedTo : null;
  if (limitedTo === null && grants.some(({ scope }) => scope.kind === "all")) return { kind: "all" };
  const glns = new Set<string>();
  for (const { scope } of grants) {
    for (const gln of await glnsOf(ctx, scope, limitedTo)) glns.add(gln);
  }
  const suppliers = grants.flatMap(({ scope }) => (scope.kind === "supplier" ? [scope.supplierId] : []));
  const supplierIds = [...new Set(suppliers)];
  return { kind: "some", supplierIds, glns: [...glns], limitedTo };
}

async function glnsOf(
  ctx: Context,
  scope: GrantScope,
  limitedTo: readonly string[] | null,
): Promise<readonly string[]> {
  switch (scope.kind) {
    case "all":
      return limitedTo ?? [];
    case "locations":
      return scope.glns;
    case "subtree":
      return await glnsOfSubtree(ctx.db, scope.sorId, dayInDenmark(ctx.now));
    case "supplier":
      return [];
  }
}

export type SideColumns = {
  sender: PgColumn;
  receiver: PgColumn;
  senderSupplierId: PgColumn;
  receiverSupplierId: PgColumn;
};

/** The visibility as a condition on rows with two sides; undefined when everything is visible. */
export function whereVisible(visibility: Visibility, columns: SideColumns): SQL | undefined {
  const branches = visibleBranches(visibility, columns);
  return branches ? or(...branches) : undefined;
}

/**
 * The same condition split into branches that each use one index in time order; undefined when everything is visible. A row may
 * match several branches.
 */
export function visibleBranches(visibility: Visibility, columns: SideColumns): SQL[] | undefined {
  if (visibility.kind === "all") return undefined;
  const { supplierIds, glns, limitedTo } = visibility;
  if (limitedTo?.length === 0) return [sql`false`];
  const side = (gln: PgColumn, supplierId: PgColumn) => {
    const limit = limitedTo === null ? undefined : inArray(gln, [...limitedTo]);
    const ways = [
      ...supplierIds.map((id) => eq(supplierId, id)),
      ...(glns.length > 0 ? [inArray(gln, [...glns])] : []),
    ];
    return ways.map((way) => and(way, limit)).filter((way) => way !== undefined);
  };
  const branches = [
    ...side(columns.sender, columns.senderSupplierId),
    ...side(columns.receiver, columns.receiverSupplierId),
  ];
  return branches.length > 0 ? branches : [sql`false`];
}
