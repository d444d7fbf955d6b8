import {
  changeNoticeSubscription,
  findNoticeSubscription,
  NoticeWishesForm,
  resumeNoticeSubscription,
} from "@sor/core/notice-mail";
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
  const subscription = await findNoticeSubscription(ctx, { token });
  if (!subscription) error(410, { message: "gone", code: "gone", requestId });
  const services = await namedServices(ctx);
  const said = (["gemt", "genoptaget"] as const).find((word) => url.searchParams.has(word)) ?? null;
  return { token, subscription, services, said };
};

export const actions: Actions = {
  save: async ({ request, locals, params }) =>
    await submitForm(request, { schema: NoticeWishesForm }, async (choice) => {
      const token = readParam(SubscriptionToken, params.token);
      await changeNoticeSubscription(locals.ctx, { token, ...choice });
      redirect(303, `/drift/abonnement/${token}?gemt`);
    }),
  resume: async ({ request, locals, params }) =>
    await submitForm(request, { schema: z.object({}) }, async () => {
      const token = readParam(SubscriptionToken, params.token);
      await resumeNoticeSubscription(locals.ctx, { token });
      redirect(303, `/drift/abonnement/${token}?genoptaget`);
    }),
};
