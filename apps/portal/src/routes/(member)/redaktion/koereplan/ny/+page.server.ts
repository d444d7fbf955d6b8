import { createMilestone, MilestoneForm } from "@sor/core/roadmap";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => {
  requireRole(event, "authority");
};

export const actions: Actions = {
  default: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: MilestoneForm }, async (form) => {
      const id = await createMilestone(event.locals.ctx, form);
      redirect(303, `/redaktion/koereplan/${id}?gemt`);
    });
  },
};
