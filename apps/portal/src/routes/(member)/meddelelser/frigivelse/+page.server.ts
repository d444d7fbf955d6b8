import { Uuid } from "@sor/core/identifiers";
import { approveRelease, declineRelease, listApprovals, listSteps } from "@sor/core/steering";
import { OperatorReason } from "@sor/core/tracking";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { reasonFaults, stepRefusal } from "#lib/server/message-forms.ts";
import { linesOf } from "#lib/server/message-views.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const approvals = await listApprovals(ctx);
  const lines = await linesOf(
    ctx,
    approvals.map(({ message }) => message),
  );
  const shown = approvals.map(({ message: _, heldAt, ...approval }, index) => ({
    ...approval,
    heldAt: new Date(heldAt),
    message: lines[index] as (typeof lines)[number],
  }));
  const isAsked = await Promise.all(
    shown.map(
      async ({ waitsFor, isOwnRequest, message: { id } }) =>
        waitsFor === "second" && !isOwnRequest && (await listSteps(ctx, { id })).includes("release"),
    ),
  );
  return {
    mine: shown.filter((_, index) => isAsked[index]),
    others: shown.filter((_, index) => !isAsked[index]),
    said: event.url.searchParams.get("gjort"),
  };
};

const Answered = OperatorReason.extend({ id: Uuid });

const answer = (act: typeof approveRelease, said: string) => async (event: RequestEvent) => {
  requireUser(event);
  const options = { schema: Answered, faults: reasonFaults, refusals: { conflict: stepRefusal } };
  return await submitForm(event.request, options, async (asked) => {
    await act(event.locals.ctx, asked);
    redirect(303, `/meddelelser/frigivelse?gjort=${said}`);
  });
};

export const actions: Actions = {
  approve: answer(approveRelease, "godkendt"),
  decline: answer(declineRelease, "afvist"),
};
