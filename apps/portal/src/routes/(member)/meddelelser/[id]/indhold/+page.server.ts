import { showMessageContent } from "@sor/core/content";
import { Uuid } from "@sor/core/identifiers";
import { getMessage } from "@sor/core/messages";
import { OperatorReason } from "@sor/core/tracking";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { reasonFaults } from "#lib/server/message-forms.ts";
import { readParam } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { id, messageType, reference } = await getMessage(event.locals.ctx, {
    id: readParam(Uuid, event.params.id),
  });
  return { message: { id, messageType, reference } };
};

const Asked = z.object({ reason: OperatorReason.shape.reason, show: z.enum(["masked", "clear"]) });

export const actions: Actions = {
  default: async (event) => {
    requireUser(event);
    const id = readParam(Uuid, event.params.id);
    event.setHeaders({ "cache-control": "no-store" });
    return await submitForm(
      event.request,
      { schema: Asked, faults: reasonFaults },
      async ({ reason, show }) => ({
        reason,
        content: await showMessageContent(event.locals.ctx, { id, reason, isMasked: show === "masked" }),
      }),
    );
  },
};
