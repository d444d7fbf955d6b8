import type { DomainError } from "@sor/core";
import { acceptInvitation, getOpenInvitation, InvitationToken } from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { goneLinkText } from "#lib/access-words.ts";
import { InvitationForm, passwordFaults, passwordRefusal } from "#lib/server/access-forms.ts";
import { core } from "#lib/server/core.ts";
import { submitForm } from "#lib/server/forms.ts";
import { lockedRefusal } from "#lib/server/locked.ts";
import { readParam } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

// Anyone with the link can set the password, so it must not be cached or sent to another host. A page with `no-referrer`
// would post its form with `Origin: null`, which the CSRF check refuses.
const secretPage = { "cache-control": "no-store", "referrer-policy": "same-origin" };

export const load: PageServerLoad = async ({ params, locals, setHeaders }) => {
  setHeaders(secretPage);
  const token = readParam(InvitationToken, params.token);
  return { invitation: await getOpenInvitation(locals.ctx.db, token, locals.ctx.now) };
};

const goneText = ({ details }: DomainError) => goneLinkText(String(details.why));

export const actions: Actions = {
  default: async (event) => {
    const { request, params, locals } = event;
    const token = readParam(InvitationToken, params.token);
    return await submitForm(
      request,
      {
        schema: InvitationForm,
        faults: passwordFaults,
        refusals: {
          invalid: passwordRefusal,
          gone: goneText,
          conflict: () => ({ field: "username", text: m.access_username_taken() }),
          "too-many": lockedRefusal(event),
        },
      },
      async ({ username, password }) => {
        await acceptInvitation(core().db, { token, username, password }, locals.ctx.now);
        redirect(303, "/login?klar");
      },
    );
  },
};
