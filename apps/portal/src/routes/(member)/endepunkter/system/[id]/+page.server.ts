import { Etag, getSystem, mayEditEndpoints, updateSystem } from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import { redirect } from "@sveltejs/kit";
import { endpointRefusals, SystemForm } from "#lib/server/endpoint-forms.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readParam } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const system = await getSystem(event.locals.ctx, { id: readParam(Uuid, event.params.id) });
  const mayEdit = mayEditEndpoints(event.locals.ctx, system.supplierId);
  return { system, mayEdit, isSaved: event.url.searchParams.has("gemt") };
};

const options = { schema: SystemForm.extend({ etag: Etag }), refusals: endpointRefusals };

export const actions: Actions = {
  default: async (event) => {
    requireUser(event);
    const id = readParam(Uuid, event.params.id);
    return await submitForm(event.request, options, async ({ etag, name, version }) => {
      const { sorCode } = await getSystem(event.locals.ctx, { id });
      await updateSystem(event.locals.ctx, { id, etag, fields: { name, version, sorCode } });
      redirect(303, `/endepunkter/system/${id}?gemt=1`);
    });
  },
};
