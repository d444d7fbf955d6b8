import type { DomainError } from "@sor/core";
import { acceptInvitation, getOpenInvitation, InvitationToken } from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { m } from "#lib/paraglide/messages.js";
import { InvitationForm, passwordFaults, passwordRefusal } from "#lib/server/access-forms.ts";
import { core } from "#lib/server/core.ts";
import { submitForm } from "#lib/server/forms.ts";
import { readParam } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

// Whoever holds the link may set the password, so it must stay in no cache and reach no other host.
const secretPage = { "cache-control": "no-store", "referrer-policy": "no-referrer" };

export const load: PageServerLoad = async ({ params, locals, setHeaders }) => {
  setHeaders(secretPage);
  const token = readParam(InvitationToken, params.token);
  return { invitation: await getOpenInvitation(locals.ctx.db, token, locals.ctx.now) };
};

function goneText(error: DomainError): string {
  if (error.details.why === "expired") return m.access_invitation_expired();
  return error.details.why === "used" ? m.access_invitation_used() : m.access_invitation_withdrawn();
}

export const actions: Actions = {
  default: async ({ request, params, locals }) => {
    const token = readParam(InvitationToken, params.token);
    return await submitForm(
      request,
      {
        schema: InvitationForm,
        faults: passwordFaults,
        refusals: {
          invalid: passwordRefusal,
          gone: goneText,
          conflict: () => m.access_username_taken_since(),
        },
      },
      async ({ password }) => {
        await acceptInvitation(core().db, { token, password }, locals.ctx.now);
        redirect(303, "/login?klar");
      },
    );
  },
};
