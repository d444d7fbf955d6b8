import { DomainError } from "@sor/core";
import {
  DraftForm,
  DraftPlace,
  discardDraft,
  listTemplates,
  publishDraft,
  saveDraft,
} from "@sor/core/notice-plans";
import { createNotice, listServices, NewNoticeForm } from "@sor/core/status";
import { redirect } from "@sveltejs/kit";
import type { FormProblem } from "#lib/form-problem.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { BegunQuery, beginNotice } from "#lib/server/notices/begun-notice.ts";
import { clockFaults, noticeFaults, noticeRefusals } from "#lib/server/notices/notice-faults.ts";
import { previewNotice } from "#lib/server/notices/preview-notice.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx, config, language } = event.locals;
  const query = readQuery(BegunQuery, event.url);
  const begun = await beginNotice(ctx, query, { isDemo: config.isDemo, isEnglish: language === "en" });
  return {
    services: await listServices(ctx),
    templates: begun.kind ? await listTemplates(ctx, begun.kind) : [],
    ...begun,
    alarm: query.alarm ?? null,
    begunBy: Object.values(query).join(" "),
  };
};

const options = {
  schema: NewNoticeForm,
  faults: { ...noticeFaults, publishAt: clockFaults },
  refusals: noticeRefusals,
};

/** The draft that the form shows, as it was posted. */
function postedPlace({ draftId, draftVersion }: FormProblem["values"]): DraftPlace {
  const read = DraftPlace.safeParse({ draftId: draftId?.[0], draftVersion: draftVersion?.[0] });
  if (!read.success) throw new DomainError("conflict", "no-such-draft");
  return read.data;
}

export const actions: Actions = {
  preview: async (event) => {
    requireRole(event, "authority");
    const { ctx, config } = event.locals;
    return await submitForm(event.request, options, async (input, values) => {
      const problem: FormProblem = { values, fieldFaults: {}, formFaults: [] };
      const { now } = ctx;
      const preview = previewNotice(input, await listServices(ctx), { now, origin: config.origin });
      return { preview, problem };
    });
  },
  publish: async (event) => {
    requireRole(event, "authority");
    const { ctx } = event.locals;
    return await submitForm(event.request, options, async (input, values) => {
      const place = postedPlace(values);
      const id =
        place.draftId === "" ? await createNotice(ctx, input) : await publishDraft(ctx, place, input);
      redirect(303, `/driftsbeskeder/${id}?gemt`);
    });
  },
  save: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { ...options, schema: DraftForm }, async (input) => {
      await saveDraft(event.locals.ctx, input);
      redirect(303, "/driftsbeskeder?gjort=draft");
    });
  },
  discard: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: DraftPlace }, async ({ draftId }) => {
      await discardDraft(event.locals.ctx, { id: draftId });
      redirect(303, "/driftsbeskeder?gjort=discarded");
    });
  },
};
