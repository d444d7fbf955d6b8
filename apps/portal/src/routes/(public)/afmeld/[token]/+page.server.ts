import { canUnsubscribe, SubscriptionToken, unsubscribe } from "@sor/core/public-subscriptions";
import { readParam } from "#lib/server/queries.ts";
import { linkHeaders } from "#lib/server/subscriptions/link-headers.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
  setHeaders(linkHeaders);
  const token = readParam(SubscriptionToken, params.token);
  return { isSubscribed: await canUnsubscribe(locals.ctx, { token }) };
};

export const actions: Actions = {
  default: async ({ locals, params }) => {
    await unsubscribe(locals.ctx, { token: readParam(SubscriptionToken, params.token) });
    return { isEnded: true };
  },
};
