import { createHash, randomUUID } from "node:crypto";
import { type Context, DomainError } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import {
  claimRequest,
  keepClaimedAnswer,
  listResends,
  OperatorReason,
  planResends,
  type ResendFilter,
  releaseClaim,
  startResends,
  underRequest,
} from "@sor/core/messages";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { m } from "#lib/paraglide/messages.js";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { PastedKeys, reasonFaults } from "#lib/server/message-forms.ts";
import { addressQuery, filterOf, MessageQuery } from "#lib/server/message-query.ts";
import { readQuery } from "#lib/server/queries.ts";
import { leftOutLines } from "#lib/server/resend-words.ts";
import type { Actions, PageServerLoad } from "./$types";

// The name of the action that a form is posted to stands in the query too.
function queryOf(url: URL): MessageQuery {
  const plain = new URL(url);
  for (const name of url.searchParams.keys()) if (name.startsWith("/")) plain.searchParams.delete(name);
  return readQuery(MessageQuery, plain);
}

/** What sending again would come to, for people; too many are told of as text. */
async function previewOf(ctx: Context, filter: ResendFilter) {
  try {
    const { matched, willSend, leftOut } = await planResends(ctx, { filter });
    return { matched, willSend, leftOut: leftOutLines(leftOut), tooMany: false, request: randomUUID() };
  } catch (error) {
    if (!(error instanceof DomainError) || error.details.fault !== "too-many-letters") throw error;
    return { matched: 0, willSend: 0, leftOut: [], tooMany: true, request: "" };
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
  request: Uuid,
  reason: OperatorReason.shape.reason,
});

/** Starts it once, however often the same form is posted; gives the id of what was started. */
async function startOnce(
  ctx: Context,
  asked: z.output<typeof Started>,
  filter: ResendFilter,
): Promise<string> {
  const digest = createHash("sha256")
    .update(JSON.stringify([asked, filter]))
    .digest("hex");
  const request = { key: `portal ${asked.request}`, requestSha256: digest };
  const earlier = await claimRequest(ctx, request);
  if (earlier) return earlier.body;
  try {
    const { id } = await startResends(underRequest(ctx, request), {
      choice: { filter },
      reason: asked.reason,
    });
    await keepClaimedAnswer(ctx, request, { status: 303, headers: {}, body: id });
    return id;
  } catch (error) {
    await releaseClaim(ctx, request);
    throw error;
  }
}

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
      redirect(303, `/meddelelser/send-igen/${await startOnce(event.locals.ctx, asked, filter)}`);
    });
  },
};
