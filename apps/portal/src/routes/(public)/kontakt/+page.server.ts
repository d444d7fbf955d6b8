import type { DomainError } from "@sor/core";
import { EnquiryForm, openState, sendEnquiry } from "@sor/core/contact";
import { error, redirect } from "@sveltejs/kit";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";
import { clientAddress } from "#lib/server/client-address.ts";
import { submitForm } from "#lib/server/forms.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = z.object({
  sendt: z
    .string()
    .regex(/^\d{8}-\d{5}$/)
    .optional(),
});

export const load: PageServerLoad = ({ locals: { ctx, config }, url }) => ({
  open: { technical: openState("technical", ctx.now), professional: openState("professional", ctx.now) },
  hasForm: config.contactMail !== undefined,
  reference: readQuery(Query, url).sendt ?? null,
});

export const actions: Actions = {
  default: async (event) => {
    const { ctx, config, requestId } = event.locals;
    const { contactMail } = config;
    if (!contactMail) error(404, { message: "not-found", code: "not-found", requestId });
    const refusals = {
      "too-many": ({ words, details }: DomainError) => {
        event.setHeaders({ "retry-after": String(details["retryAfterSeconds"]) });
        return words[getLanguage()];
      },
    };
    return await submitForm(event.request, { schema: EnquiryForm, refusals }, async (form) => {
      const { isByProgram, ...enquiry } = form;
      // A program gets an answer that looks the same, and nothing is sent.
      if (isByProgram) redirect(303, "/kontakt");
      const from = { client: clientAddress(event), language: getLanguage() };
      const supportAddress = contactMail[form.support];
      const reference = await sendEnquiry(ctx, { ...enquiry, ...from, supportAddress });
      redirect(303, `/kontakt?sendt=${reference}`);
    });
  },
};
