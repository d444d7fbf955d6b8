import { confirmNoticeSubscription, findConfirmation } from "@sor/core/notice-mail";
import { SubscriptionToken } from "@sor/core/public-subscriptions";
import { error, redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { readParam } from "#lib/server/queries.ts";
import { linkHeaders } from "#lib/server/subscriptions/link-headers.ts";
import { namedServices } from "#lib/server/subscriptions/named-services.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { ctx, requestId }, params, url, setHeaders }) => {
  setHeaders(linkHeaders);
  const token = readParam(SubscriptionToken, params.token);
  const found = await findConfirmation(ctx, { token });
  if (!found) error(410, { message: "gone", code: "gone", requestId });
  const services = await namedServices(ctx);
  return { token, found, services, isJustConfirmed: url.searchParams.has("bekraeftet") };
};

export const actions: Actions = {
  default: async ({ request, locals, params }) =>
    await submitForm(request, { schema: z.object({}) }, async () => {
      const token = readParam(SubscriptionToken, params.token);
      await confirmNoticeSubscription(locals.ctx, { token });
      redirect(303, `/drift/abonner/bekraeft/${token}?bekraeftet`);
    }),
};
