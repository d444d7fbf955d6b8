import { createGuide, GuideForm } from "@sor/core/written-guides";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { takenGuideNames } from "#lib/server/guides.ts";
import { publicationRefusals } from "#lib/server/publications/refusals.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => {
  requireRole(event, "authority");
};

export const actions: Actions = {
  default: async (event) => {
    requireRole(event, "authority");
    const options = { schema: GuideForm, refusals: publicationRefusals };
    return await submitForm(event.request, options, async (form) => {
      const id = await createGuide(event.locals.ctx, form, { taken: await takenGuideNames() });
      redirect(303, `/redaktion/vejledninger/${id}?gemt`);
    });
  },
};
