import { confirmSubscription, findConfirmation, SubscriptionToken } from "@sor/core/public-subscriptions";
import { error, redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { readParam } from "#lib/server/queries.ts";
import { linkHeaders } from "#lib/server/subscriptions/link-headers.ts";
import type { Actions, PageServerLoad } from "./$types";

const topics = ["news", "newsletter"] as const;

export const load: PageServerLoad = async ({ locals: { ctx, requestId }, params, url, setHeaders }) => {
  setHeaders(linkHeaders);
  const token = readParam(SubscriptionToken, params.token);
  const found = await findConfirmation(ctx, { token, topics });
  if (!found) error(410, { message: "gone", code: "gone", requestId });
  const { topic, address, state } = found;
  return { token, found: { topic, address, state }, isJustConfirmed: url.searchParams.has("bekraeftet") };
};

export const actions: Actions = {
  default: async ({ request, locals, params }) =>
    await submitForm(request, { schema: z.object({}) }, async () => {
      const token = readParam(SubscriptionToken, params.token);
      await confirmSubscription(locals.ctx, { token, topics });
      redirect(303, `/nyheder/abonner/bekraeft/${token}?bekraeftet`);
    }),
};
