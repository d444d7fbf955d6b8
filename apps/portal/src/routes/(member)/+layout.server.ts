import { isInForce } from "@sor/core/access";
import { requireUser, whatMayBeSeen } from "#lib/server/guards.ts";
import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = (event) => {
  const user = requireUser(event);
  const { now } = event.locals.ctx;
  const roles = user.grants.filter((grant) => isInForce(grant, now)).map((grant) => grant.role);
  return {
    user: {
      name: user.name,
      roles: [...new Set(roles)],
      isOfSupplier: user.supplierId !== null,
      ...whatMayBeSeen(user, now),
    },
  };
};
