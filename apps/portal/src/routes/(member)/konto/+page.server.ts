import { DomainError } from "@sor/core";
import {
  AccountId,
  changePassword,
  findSession,
  listOwnSessions,
  revokeOtherSessions,
  revokeOwnSession,
  type Session,
} from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { m } from "#lib/paraglide/messages.js";
import { PasswordForm, passwordFaults, passwordRefusal } from "#lib/server/access-forms.ts";
import { core } from "#lib/server/core.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

async function sessionOf({ request, locals }: Pick<RequestEvent, "request" | "locals">): Promise<Session> {
  const session = await findSession(core().auth, request.headers, locals.ctx.now);
  if (!session) throw new DomainError("not-signed-in", "Sign in first.");
  return session;
}

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const session = await sessionOf(event);
  return {
    username: session.username,
    grants: user.grants,
    vendors: await vendorNames(ctx),
    sessions: await listOwnSessions(core().auth, session, ctx.now),
    isSaved: event.url.searchParams.has("gemt"),
  };
};

export const actions: Actions = {
  password: async (event) => {
    requireUser(event);
    return await submitForm(
      event.request,
      {
        schema: PasswordForm,
        faults: passwordFaults,
        refusals: { invalid: passwordRefusal, "too-many": () => m.access_password_locked() },
      },
      async ({ oldPassword, newPassword }) => {
        const at = { auth: core().auth, session: await sessionOf(event), address: event.getClientAddress() };
        await changePassword(event.locals.ctx, { oldPassword, newPassword }, at);
        redirect(303, "/konto?gemt");
      },
    );
  },
  end: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: z.object({ session: AccountId }) }, async (input) => {
      await revokeOwnSession(core().auth, await sessionOf(event), input.session);
      redirect(303, "/konto#logins");
    });
  },
  endOthers: async (event) => {
    requireUser(event);
    await revokeOtherSessions(core().auth, await sessionOf(event));
    redirect(303, "/konto#logins");
  },
};
