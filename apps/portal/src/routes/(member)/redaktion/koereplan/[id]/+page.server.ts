import { Uuid } from "@sor/core/identifiers";
import { dueText, getMilestone, MilestoneForm, saveMilestone } from "@sor/core/roadmap";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { publicationRefusals } from "#lib/server/publications/refusals.ts";
import { readParam } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx } = event.locals;
  const { id, title, text, due, state, version } = await getMilestone(ctx, {
    id: readParam(Uuid, event.params.id),
  });
  const milestone = { id, title, text, due: dueText(due), state, version };
  return { milestone, isSaved: event.url.searchParams.has("gemt") };
};

export const actions: Actions = {
  default: async (event) => {
    requireRole(event, "authority");
    const options = { schema: MilestoneForm, refusals: publicationRefusals };
    return await submitForm(event.request, options, async (form) => {
      const id = readParam(Uuid, event.params.id);
      await saveMilestone(event.locals.ctx, { ...form, id });
      redirect(303, `/redaktion/koereplan/${id}?gemt`);
    });
  },
};
