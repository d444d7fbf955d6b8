import { createIssue, IssueForm } from "@sor/core/newsletter";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { publicationRefusals } from "#lib/server/publications/refusals.ts";
import { issueChoices } from "../issue-choices.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  return { choices: await issueChoices(event.locals.ctx) };
};

export const actions: Actions = {
  default: async (event) => {
    requireRole(event, "authority");
    return await submitForm(
      event.request,
      { schema: IssueForm, refusals: publicationRefusals },
      async (form) => {
        const id = await createIssue(event.locals.ctx, form);
        redirect(303, `/redaktion/nyhedsbrev/${id}?gemt`);
      },
    );
  },
};
