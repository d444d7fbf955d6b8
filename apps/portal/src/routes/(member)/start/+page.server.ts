import { isInForce } from "@sor/core/access";
import { listSuppliers, mayReadEndpoints } from "@sor/core/endpoints";
import { LocationFilter, listLocations } from "@sor/core/message-types";
import { endpointTraffic } from "@sor/core/probes";
import { gravestState, listCurrentNotices, readStatus } from "@sor/core/status";
import { roleText, scopeText } from "#lib/access-words.ts";
import { requireUser } from "#lib/server/guards.ts";
import { listWaitingTasks } from "#lib/server/waiting-tasks.ts";
import type { PageServerLoad } from "./$types";

const noticesShown = 3;

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx, config } = event.locals;
  const own = config.isDemo ? "demo" : "production";
  const [waiting, locations, services, notices, suppliers] = await Promise.all([
    listWaitingTasks(ctx, user),
    listLocations(ctx, LocationFilter.parse({ limit: 5 })),
    readStatus(ctx, own),
    listCurrentNotices(ctx),
    listSuppliers(ctx),
  ]);
  const { supplierId } = user;
  const hasTraffic = supplierId !== null && mayReadEndpoints(ctx, supplierId);
  const vendors = Object.fromEntries(suppliers.map(({ id, name }) => [id, name]));
  return {
    name: user.name,
    waiting,
    locations: {
      count: locations.count,
      items: locations.items.map(({ gln, unitName, typeCount }) => ({ gln, unitName, typeCount })),
    },
    status: gravestState(services.filter(({ environment }) => environment === own).map(({ state }) => state)),
    traffic: hasTraffic ? await endpointTraffic(ctx, { supplierId }) : null,
    notices: notices.slice(0, noticesShown).map(({ id, title, updatedAt }) => ({ id, title, updatedAt })),
    grants: user.grants
      .filter((grant) => isInForce(grant, ctx.now))
      .map(({ role, scope }) => ({ role: roleText(role), scope: scopeText(scope, vendors) })),
  };
};
