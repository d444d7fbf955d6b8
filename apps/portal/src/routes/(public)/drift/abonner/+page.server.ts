import type { DomainError } from "@sor/core";
import { NoticeSubscriptionForm, signUpForNotices } from "@sor/core/notice-mail";
import { redirect } from "@sveltejs/kit";
import { getLanguage } from "#lib/language.ts";
import { clientAddress } from "#lib/server/client-address.ts";
import { submitForm } from "#lib/server/forms.ts";
import { namedServices } from "#lib/server/subscriptions/named-services.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals, url }) => ({
  origin: locals.config.origin,
  services: await namedServices(locals.ctx),
  isAsked: url.searchParams.has("sendt"),
  showsMail: locals.config.showsMail,
});

export const actions: Actions = {
  default: async (event) => {
    const { ctx, config } = event.locals;
    const refusals = {
      "too-many": ({ words, details }: DomainError) => {
        event.setHeaders({ "retry-after": String(details["retryAfterSeconds"]) });
        return words[getLanguage()];
      },
    };
    return await submitForm(event.request, { schema: NoticeSubscriptionForm, refusals }, async (form) => {
      const { isByProgram, ...wanted } = form;
      // A program gets the same answer, and its address no mail.
      if (!isByProgram) {
        await signUpForNotices(ctx, { ...wanted, client: clientAddress(event), origin: config.origin });
      }
      redirect(303, "/drift/abonner?sendt");
    });
  },
};
