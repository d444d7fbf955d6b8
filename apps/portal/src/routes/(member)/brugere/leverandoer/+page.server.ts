import { createSupplier } from "@sor/core/endpoints";
import { redirect } from "@sveltejs/kit";
import { VendorForm } from "#lib/server/access-forms.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => {
  requireRole(event, "authority");
};

export const actions: Actions = {
  default: async (event) => {
    requireRole(event, "authority");
    return await submitForm(
      event.request,
      {
        schema: VendorForm,
        faults: { email: () => m.access_email_rule() },
        refusals: { conflict: () => ({ field: "name", text: m.access_vendor_exists() }) },
      },
      async (fields) => {
        const { id } = await createSupplier(event.locals.ctx, fields);
        redirect(303, `/brugere/ny?leverandoer=${id}&oprettet`);
      },
    );
  },
};
