import { Uuid } from "@sor/core/identifiers";
import { GuideForm, getWrittenGuide, saveGuide } from "@sor/core/written-guides";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { takenGuideNames } from "#lib/server/guides.ts";
import { publicationRefusals } from "#lib/server/publications/refusals.ts";
import { readParam } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const id = readParam(Uuid, event.params.id);
  const { title, slug, text, publishedAt, version } = await getWrittenGuide(event.locals.ctx, { id });
  const guide = { id, title, slug, text, isPublished: publishedAt !== null, version };
  return { guide, isSaved: event.url.searchParams.has("gemt") };
};

export const actions: Actions = {
  default: async (event) => {
    requireRole(event, "authority");
    const options = { schema: GuideForm, refusals: publicationRefusals };
    return await submitForm(event.request, options, async (form) => {
      const id = readParam(Uuid, event.params.id);
      await saveGuide(event.locals.ctx, { ...form, id }, { taken: await takenGuideNames() });
      redirect(303, `/redaktion/vejledninger/${id}?gemt`);
    });
  },
};
