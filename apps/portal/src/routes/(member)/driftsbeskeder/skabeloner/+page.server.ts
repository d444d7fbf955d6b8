import { Uuid } from "@sor/core/identifiers";
import { listTemplates, removeTemplate, saveTemplate, TemplateForm } from "@sor/core/notice-plans";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { noticeRefusals } from "#lib/server/notices/notice-faults.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = z.object({ ret: Uuid.optional(), gjort: z.enum(["saved", "removed"]).optional() });

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ret, gjort } = readQuery(Query, event.url);
  const templates = await listTemplates(event.locals.ctx);
  return { templates, edited: templates.find(({ id }) => id === ret) ?? null, done: gjort ?? null };
};

export const actions: Actions = {
  save: async (event) => {
    requireRole(event, "authority");
    const options = { schema: TemplateForm, refusals: noticeRefusals };
    return await submitForm(event.request, options, async (template) => {
      await saveTemplate(event.locals.ctx, template);
      redirect(303, "/driftsbeskeder/skabeloner?gjort=saved");
    });
  },
  remove: async (event) => {
    requireRole(event, "authority");
    return await submitForm(
      event.request,
      { schema: z.object({ templateId: Uuid }) },
      async ({ templateId }) => {
        await removeTemplate(event.locals.ctx, { id: templateId });
        redirect(303, "/driftsbeskeder/skabeloner?gjort=removed");
      },
    );
  },
};
