import { canResend } from "@sor/core/resends";
import { MessageSearch, searchMessages } from "@sor/core/tracking";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { PastedKeys } from "#lib/server/message-forms.ts";
import { linesOf } from "#lib/server/message-views.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => {
  requireUser(event);
};

const shownAtOnce = 100;

const Pasted = z.object({
  keys: PastedKeys,
  after: MessageSearch.shape.after,
});

export const actions: Actions = {
  default: async (event) => {
    requireUser(event);
    event.setHeaders({ "cache-control": "no-store" });
    const options = { schema: Pasted, faults: { keys: () => m.messages_keys_rule() } };
    return await submitForm(event.request, options, async ({ keys, after }) => {
      const { ctx } = event.locals;
      const found = await searchMessages(ctx, { keys, after, limit: shownAtOnce });
      return {
        keys: keys.join("\n"),
        mayResend: found.items.length > 0 && (await canResend(ctx, { keys })),
        messages: await linesOf(ctx, found.items),
        next: found.next,
        notFound: found.notFound ?? [],
      };
    });
  },
};
