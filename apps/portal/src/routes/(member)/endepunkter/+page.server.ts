import { endpointCondition, listEndpoints, listSystems, mayEditEndpoints } from "@sor/core/endpoints";
import { endpointUses } from "@sor/core/message-types";
import { endpointLoads, endpointTraffic } from "@sor/core/probes";
import { endpointsOwner } from "#lib/server/endpoint-forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority", "vendor-administrator", "vendor-editor", "reader");
  const { ctx } = event.locals;
  const { user, supplierId } = endpointsOwner(event);
  const vendors = user.supplierId === null ? await vendorNames(ctx) : null;
  if (supplierId === undefined)
    return { vendors, supplierId: null, mayEdit: false, endpoints: [], systems: [], traffic: [] };
  const [endpoints, systems, uses, loads, traffic] = await Promise.all([
    listEndpoints(ctx, { supplierId }),
    listSystems(ctx, { supplierId }),
    endpointUses(ctx, { supplierId }),
    endpointLoads(ctx, { supplierId }),
    endpointTraffic(ctx, { supplierId }),
  ]);
  return {
    vendors,
    supplierId,
    mayEdit: mayEditEndpoints(ctx, supplierId),
    systems,
    traffic,
    endpoints: endpoints.map((each) => ({
      ...each,
      condition: endpointCondition(each, ctx.now),
      locations: uses.get(each.id)?.locations ?? 0,
      load: loads.get(each.id) ?? null,
    })),
  };
};
