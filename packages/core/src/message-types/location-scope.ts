import { type Actor, isInForce } from "../permissions/index.ts";

/** The location numbers of an actor: any that matches one of these, limited to `limitedTo`. */
export type LocationScope = {
  isEverything: boolean;
  supplierIds: string[];
  sorIds: string[];
  glns: string[];
  limitedTo: readonly string[] | null;
};

const nothing: LocationScope = {
  isEverything: false,
  supplierIds: [],
  sorIds: [],
  glns: [],
  limitedTo: null,
};

/** The location numbers of an actor at that time, whatever the role: readers list them too. */
export function locationScope(actor: Actor, now: Date): LocationScope {
  if (actor.kind === "anonymous") return nothing;
  if (actor.kind === "system") return { ...nothing, isEverything: true };
  const scopes = actor.grants.filter((grant) => isInForce(grant, now)).map((grant) => grant.scope);
  return {
    isEverything: scopes.some((scope) => scope.kind === "all"),
    supplierIds: scopes.flatMap((scope) => (scope.kind === "supplier" ? [scope.supplierId] : [])),
    sorIds: scopes.flatMap((scope) => (scope.kind === "subtree" ? [scope.sorId] : [])),
    glns: scopes.flatMap((scope) => (scope.kind === "locations" ? [...scope.glns] : [])),
    limitedTo: actor.kind === "key" ? actor.limitedTo : null,
  };
}
