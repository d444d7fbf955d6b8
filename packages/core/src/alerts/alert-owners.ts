import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { isInForce, may, roleActions } from "../permissions/index.ts";

/** Whose alerts an actor may see: everybody's, or those of some suppliers. */
type AlertOwners = "all" | readonly string[];

/** Whose alerts the actor may see. Throws `not-allowed` when none, `not-signed-in` when anonymous. */
export function alertOwners({ actor, now }: Context): AlertOwners {
  if (actor.kind === "system") return "all";
  if (actor.kind === "anonymous") {
    throw new DomainError("not-signed-in", "sign-in-first", { action: "alert.read" });
  }
  const scopes = actor.grants
    .filter((grant) => isInForce(grant, now) && roleActions[grant.role].has("alert.read"))
    .map(({ scope }) => scope);
  const everything = { type: "alert" as const, id: "all" };
  if (may(actor, "alert.read", everything, now)) return "all";
  const supplierIds = scopes
    .flatMap((scope) => (scope.kind === "supplier" ? [scope.supplierId] : []))
    .filter((supplierId) => may(actor, "alert.read", { ...everything, supplierId }, now));
  if (supplierIds.length === 0) {
    throw new DomainError("not-allowed", "no-right-to-alerts", {
      action: "alert.read",
    });
  }
  return supplierIds;
}
