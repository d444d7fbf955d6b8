import { Uuid } from "@sor/core/identifiers";
import { getResends, stopResends } from "@sor/core/resends";
import { OperatorReason } from "@sor/core/tracking";
import { redirect } from "@sveltejs/kit";
import { submitForm } from "#lib/server/forms.ts";
import { holds, requireUser } from "#lib/server/guards.ts";
import { reasonFaults } from "#lib/server/message-forms.ts";
import { readParam } from "#lib/server/queries.ts";
import { leftOutLines, refusedLines } from "#lib/server/resend-words.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const job = await getResends(event.locals.ctx, { id: readParam(Uuid, event.params.id) });
  const { id, state, reason, messages, sent, waiting, refused, leftOut } = job;
  return {
    maySend: holds(user, "interchange.send", event.locals.ctx.now),
    job: { id, state, reason, messages, sent, waiting },
    refused: refusedLines(refused),
    leftOut: leftOutLines(leftOut),
    createdAt: new Date(job.createdAt),
    endedAt: job.endedAt === null ? null : new Date(job.endedAt),
  };
};

export const actions: Actions = {
  default: async (event) => {
    requireUser(event);
    const id = readParam(Uuid, event.params.id);
    return await submitForm(
      event.request,
      { schema: OperatorReason, faults: reasonFaults },
      async ({ reason }) => {
        await stopResends(event.locals.ctx, { id, reason });
        redirect(303, `/meddelelser/send-igen/${id}`);
      },
    );
  },
};
