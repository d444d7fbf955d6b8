import { SubscriptionToken, unsubscribe } from "@sor/core/public-subscriptions";
import { readParam } from "#lib/server/queries.ts";
import type { RequestHandler } from "./$types";

/** One-click unsubscribing by a mail provider (RFC 8058): always the same answer, whatever the body, and no page. */
export const POST: RequestHandler = async ({ locals, params }) => {
  await unsubscribe(locals.ctx, { token: readParam(SubscriptionToken, params.token) });
  return new Response("afmeldt / unsubscribed\n", {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
};
