import { createSystem } from "@sor/core/endpoints";
import { redirect } from "@sveltejs/kit";
import { endpointRefusals, requireMaker, requireOwner, SystemForm } from "#lib/server/endpoint-forms.ts";
import { submitForm } from "#lib/server/forms.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => {
  requireMaker(event);
};

export const actions: Actions = {
  default: async (event) => {
    const supplierId = requireOwner(event);
    return await submitForm(
      event.request,
      { schema: SystemForm, refusals: endpointRefusals },
      async (fields) => {
        const { id } = await createSystem(event.locals.ctx, { ...fields, supplierId, sorCode: null });
        redirect(303, `/endepunkter/system/${id}?gemt=1`);
      },
    );
  },
};
