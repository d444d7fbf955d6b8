import { createEndpoint, listSystems } from "@sor/core/endpoints";
import { redirect } from "@sveltejs/kit";
import {
  EndpointForm,
  endpointFaults,
  endpointRefusals,
  requireMaker,
  requireOwner,
} from "#lib/server/endpoint-forms.ts";
import { submitForm } from "#lib/server/forms.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  const supplierId = requireMaker(event);
  const systems = await listSystems(event.locals.ctx, { supplierId });
  return { systems: systems.map(({ id, name }) => ({ id, name })) };
};

const options = { schema: EndpointForm, faults: endpointFaults, refusals: endpointRefusals };

export const actions: Actions = {
  default: async (event) => {
    const supplierId = requireOwner(event);
    return await submitForm(event.request, options, async (fields) => {
      const { endpoint, secret } = await createEndpoint(event.locals.ctx, {
        ...fields,
        supplierId,
        plainHttpHosts: event.locals.config.privateHosts,
      });
      if (secret === null) redirect(303, `/endepunkter/${endpoint.id}?gemt=1`);
      event.setHeaders({ "cache-control": "no-store" });
      return { made: { id: endpoint.id, name: endpoint.name, secret } };
    });
  },
};
