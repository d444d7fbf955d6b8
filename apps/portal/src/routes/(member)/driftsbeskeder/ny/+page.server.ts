import { createNotice, listServices, NewNoticeForm } from "@sor/core/status";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { noticeFaults } from "#lib/server/notice-faults.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  return { services: await listServices(event.locals.ctx) };
};

export const actions: Actions = {
  default: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: NewNoticeForm, faults: noticeFaults }, async (input) => {
      const id = await createNotice(event.locals.ctx, input);
      redirect(303, `/driftsbeskeder/${id}?gemt`);
    });
  },
};
