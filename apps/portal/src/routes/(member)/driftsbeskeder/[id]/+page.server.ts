import { DomainError } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import {
  addNoticeUpdate,
  correctNoticeUpdate,
  getNotice,
  listNoticeAuthors,
  NewUpdateForm,
  UpdateCorrection,
} from "@sor/core/status";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { noticeFaults, noticeRefusals } from "#lib/server/notices/notice-faults.ts";
import type { Actions, PageServerLoad } from "./$types";

function noticeId(text: string): string {
  const id = Uuid.safeParse(text);
  if (!id.success) throw new DomainError("not-found", "no-such-notice");
  return id.data;
}

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx } = event.locals;
  const id = noticeId(event.params.id);
  return {
    notice: await getNotice(ctx, id),
    authors: await listNoticeAuthors(ctx, id),
    isSaved: event.url.searchParams.has("gemt"),
  };
};

export const actions: Actions = {
  update: async (event) => {
    requireRole(event, "authority");
    const id = noticeId(event.params.id);
    const options = { schema: NewUpdateForm, faults: noticeFaults, refusals: noticeRefusals };
    return await submitForm(event.request, options, async (input) => {
      await addNoticeUpdate(event.locals.ctx, { ...input, noticeId: id });
      redirect(303, `/driftsbeskeder/${id}?gemt`);
    });
  },
  correct: async (event) => {
    requireRole(event, "authority");
    const id = noticeId(event.params.id);
    const options = { schema: UpdateCorrection, refusals: noticeRefusals };
    return await submitForm(event.request, options, async (input) => {
      await correctNoticeUpdate(event.locals.ctx, input);
      redirect(303, `/driftsbeskeder/${id}?gemt`);
    });
  },
};
