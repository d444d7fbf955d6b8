import { ArticleForm, articleHtml, createArticle } from "@sor/core/news";
import { redirect } from "@sveltejs/kit";
import type { FormProblem } from "#lib/form-problem.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { clockFaults } from "#lib/server/notices/notice-faults.ts";
import { publicationRefusals } from "#lib/server/publications/refusals.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => {
  requireRole(event, "authority");
  return { now: event.locals.ctx.now };
};

const options = { schema: ArticleForm, faults: { publishAt: clockFaults }, refusals: publicationRefusals };

export const actions: Actions = {
  preview: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, options, async ({ title, summary, text }, values) => {
      const problem: FormProblem = { values, fieldFaults: {}, formFaults: [] };
      return { draft: { title, summary, html: articleHtml({ text, files: [] }) }, problem };
    });
  },
  create: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, options, async (form) => {
      const id = await createArticle(event.locals.ctx, form);
      redirect(303, `/redaktion/nyheder/${id}?gemt`);
    });
  },
};
