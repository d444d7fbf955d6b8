import {
  createNotice,
  kindOfSlug,
  listServices,
  type NewNotice,
  NewNoticeForm,
  type Service,
} from "@sor/core/status";
import { redirect } from "@sveltejs/kit";
import type { FormProblem } from "#lib/form-problem.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { noticeFaults, noticeRefusals } from "#lib/server/notice-faults.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const services = await listServices(event.locals.ctx);
  return { services, kind: kindOfSlug(event.url.searchParams.get("type") ?? "") ?? null };
};

/** The notice as the public page would show it if it were published now. */
function draftOf(input: NewNotice, services: readonly Service[], now: Date) {
  const { kind, title, state, text, priority = null, plannedStart = null, plannedEnd = null } = input;
  const { nextUpdateBy = null } = input;
  const named = services.filter(({ id }) => input.services.includes(id));
  const times = { plannedStart, plannedEnd, nextUpdateBy, closedAt: null, createdAt: now, updatedAt: now };
  return { id: "", kind, title, state, priority, services: named, updates: [{ text }], ...times };
}

const options = { schema: NewNoticeForm, faults: noticeFaults, refusals: noticeRefusals };

export const actions: Actions = {
  preview: async (event) => {
    requireRole(event, "authority");
    const { ctx } = event.locals;
    return await submitForm(event.request, options, async (input, values) => {
      const problem: FormProblem = { values, fieldFaults: {}, formFaults: [] };
      return { draft: draftOf(input, await listServices(ctx), ctx.now), problem };
    });
  },
  publish: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, options, async (input) => {
      const id = await createNotice(event.locals.ctx, input);
      redirect(303, `/driftsbeskeder/${id}?gemt`);
    });
  },
};
