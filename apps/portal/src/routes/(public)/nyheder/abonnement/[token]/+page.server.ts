import { NewsChoiceForm } from "@sor/core/news";
import {
  changeSubscription,
  findSubscription,
  resumeSubscription,
  SubscriptionToken,
} from "@sor/core/public-subscriptions";
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
  const subscription = await findSubscription(ctx, { token, topics });
  if (!subscription) error(410, { message: "gone", code: "gone", requestId });
  const said = (["gemt", "genoptaget"] as const).find((word) => url.searchParams.has(word)) ?? null;
  const { wishes: _, ...shown } = subscription;
  return { token, subscription: shown, said };
};

export const actions: Actions = {
  save: async ({ request, locals, params }) =>
    await submitForm(request, { schema: NewsChoiceForm }, async (choice) => {
      const token = readParam(SubscriptionToken, params.token);
      await changeSubscription(locals.ctx, { token, topics }, choice);
      redirect(303, `/nyheder/abonnement/${token}?gemt`);
    }),
  resume: async ({ request, locals, params }) =>
    await submitForm(request, { schema: z.object({}) }, async () => {
      const token = readParam(SubscriptionToken, params.token);
      await resumeSubscription(locals.ctx, { token, topics });
      redirect(303, `/nyheder/abonnement/${token}?genoptaget`);
    }),
};
