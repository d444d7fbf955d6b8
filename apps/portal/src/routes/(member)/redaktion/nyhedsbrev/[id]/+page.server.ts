import { Uuid } from "@sor/core/identifiers";
import {
  getIssue,
  IssueForm,
  issueMail,
  readIssueFigures,
  SendForm,
  saveIssue,
  sendIssue,
  sendTestMail,
  TestMailForm,
} from "@sor/core/newsletter";
import { redirect } from "@sveltejs/kit";
import { getLanguage } from "#lib/language.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { publicationRefusals } from "#lib/server/publications/refusals.ts";
import { readParam } from "#lib/server/queries.ts";
import { issueChoices } from "../issue-choices.ts";
import type { Actions, PageServerLoad } from "./$types";

const said = ["gemt", "proeve", "sendt"] as const;

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx, config } = event.locals;
  const issue = await getIssue(ctx, { id: readParam(Uuid, event.params.id) });
  const { id, number, title, intro, version, sentAt, spreadAt, receivers, articles } = issue;
  const mail = issueMail([issue], { language: getLanguage(), origin: config.origin });
  return {
    issue: { id, number, title, intro, version, sentAt, spreadAt, receivers },
    chosen: articles.map((article) => article.id),
    choices: await issueChoices(ctx),
    mail: { subject: mail.subject, text: mail.text },
    figures: sentAt === null ? null : await readIssueFigures(ctx, { id }),
    said: said.find((word) => event.url.searchParams.has(word)) ?? null,
  };
};

const refusals = publicationRefusals;

export const actions: Actions = {
  save: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: IssueForm, refusals }, async (form) => {
      const id = readParam(Uuid, event.params.id);
      await saveIssue(event.locals.ctx, { ...form, id });
      redirect(303, `/redaktion/nyhedsbrev/${id}?gemt`);
    });
  },
  test: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: TestMailForm, refusals }, async ({ mail: to }) => {
      const { ctx, config } = event.locals;
      const id = readParam(Uuid, event.params.id);
      await sendTestMail(ctx, { id, to, language: getLanguage(), origin: config.origin });
      redirect(303, `/redaktion/nyhedsbrev/${id}?proeve`);
    });
  },
  send: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: SendForm, refusals }, async ({ seenVersion }) => {
      const id = readParam(Uuid, event.params.id);
      await sendIssue(event.locals.ctx, { id, seenVersion });
      redirect(303, `/redaktion/nyhedsbrev/${id}?sendt`);
    });
  },
};
