import { findMessagesByPatient } from "@sor/core/content";
import { MessageFilter } from "@sor/core/tracking";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { linesOf } from "#lib/server/message-views.ts";
import { readParam } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

const shownAtOnce = 100;

export const load: PageServerLoad = (event) => {
  requireUser(event);
  // A patient number in the URL is neither used nor shown.
  readParam(z.literal(""), event.url.search.replace(/^\?lang=(?:da|en)$/, ""));
};

const Asked = z.object({ patientId: z.string().trim().min(1).max(20), after: MessageFilter.shape.after });

export const actions: Actions = {
  default: async (event) => {
    requireUser(event);
    event.setHeaders({ "cache-control": "no-store" });
    const isNone = () => ({ field: "patientId", text: m.messages_patient_rule() });
    const faults = { patientId: () => m.messages_patient_rule() };
    const options = { schema: Asked, faults, refusals: { invalid: isNone } };
    return await submitForm(event.request, options, async ({ patientId, after }) => {
      const { ctx } = event.locals;
      const page = await findMessagesByPatient(ctx, { patientId, after, limit: shownAtOnce });
      return { patientId, messages: await linesOf(ctx, page.items), next: page.next };
    });
  },
};
