import type { DomainError } from "@sor/core";
import { NewsSubscriptionForm, signUpForNews } from "@sor/core/news";
import { type RequestEvent, redirect } from "@sveltejs/kit";
import { getLanguage } from "#lib/language.ts";
import { clientAddress } from "../client-address.ts";
import { submitForm } from "../forms.ts";

type Event = Pick<RequestEvent, "request" | "locals" | "setHeaders" | "platform" | "getClientAddress">;

/** Signs an address up for a topic, as its form posts it; the answer is the same whether or not it is known. */
export async function signUpByForm(event: Event, topic: "news" | "newsletter", path: string) {
  const { ctx, config } = event.locals;
  const refusals = {
    "too-many": ({ words, details }: DomainError) => {
      event.setHeaders({ "retry-after": String(details["retryAfterSeconds"]) });
      return words[getLanguage()];
    },
  };
  return await submitForm(event.request, { schema: NewsSubscriptionForm, refusals }, async (form) => {
    const { isByProgram, ...wanted } = form;
    // A program gets the same answer, and its address no mail.
    if (!isByProgram) {
      const from = { client: clientAddress(event), origin: config.origin };
      await signUpForNews(ctx, { ...wanted, ...from, topic });
    }
    redirect(303, `${path}?sendt`);
  });
}
