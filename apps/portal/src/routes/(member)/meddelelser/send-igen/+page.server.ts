import { type Context, DomainError } from "@sor/core";
import { listResends, planResends, type ResendFilter, startResends } from "@sor/core/resends";
import { OperatorReason } from "@sor/core/tracking";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { PastedKeys, reasonFaults } from "#lib/server/message-forms.ts";
import { addressQuery, filterOf, MessageQuery } from "#lib/server/message-query.ts";
import { readQuery } from "#lib/server/queries.ts";
import { leftOutLines } from "#lib/server/resend-words.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

// The name of the form action is in the query too.
function queryOf(url: URL): MessageQuery {
  const plain = new URL(url);
  for (const name of url.searchParams.keys()) if (name.startsWith("/")) plain.searchParams.delete(name);
  return readQuery(MessageQuery, plain);
}

/** The preview of a resend; too many messages are reported as a text. */
async function previewOf(ctx: Context, filter: ResendFilter) {
  try {
    const { matched, willSend, leftOut } = await planResends(ctx, { filter });
    return { matched, willSend, leftOut: leftOutLines(leftOut), tooMany: false };
  } catch (error) {
    if (!(error instanceof DomainError) || error.details.fault !== "too-many-messages") throw error;
    return { matched: 0, willSend: 0, leftOut: [], tooMany: true };
  }
}

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const query = queryOf(event.url);
  const kept = addressQuery(query);
  const { ctx } = event.locals;
  return {
    kept,
    preview: kept === "" ? null : await previewOf(ctx, filterOf(query)),
    jobs: (await listResends(ctx)).map(({ createdAt, endedAt, ...job }) => ({
      ...job,
      createdAt: new Date(createdAt),
      isRunning: endedAt === null,
    })),
  };
};

const refusals = {
  conflict: ({ details }: DomainError) =>
    details.fault === "too-many-resends" ? m.messages_resend_too_many_jobs() : m.messages_resend_none(),
  invalid: () => m.messages_resend_too_many(),
};

const Started = z.object({
  keys: z.union([z.literal(""), PastedKeys]).optional(),
  reason: OperatorReason.shape.reason,
});

export const actions: Actions = {
  keys: async (event) => {
    requireUser(event);
    event.setHeaders({ "cache-control": "no-store" });
    const options = {
      schema: z.object({ keys: PastedKeys }),
      faults: { keys: () => m.messages_keys_rule() },
    };
    return await submitForm(event.request, options, async ({ keys }) => ({
      keys: keys.join("\n"),
      preview: await previewOf(event.locals.ctx, { keys }),
    }));
  },
  start: async (event) => {
    requireUser(event);
    const options = { schema: Started, faults: reasonFaults, refusals };
    return await submitForm(event.request, options, async (asked) => {
      const filter = asked.keys ? { keys: asked.keys } : filterOf(queryOf(event.url));
      const { id } = await startResends(event.locals.ctx, { choice: { filter }, reason: asked.reason });
      redirect(303, `/meddelelser/send-igen/${id}`);
    });
  },
};
