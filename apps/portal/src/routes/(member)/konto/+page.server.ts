import {
  AccountId,
  changePassword,
  countBackupCodes,
  listOwnSessions,
  revokeOtherSessions,
  revokeOwnSession,
} from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { PasswordForm, passwordFaults, passwordRefusal } from "#lib/server/access-forms.ts";
import { core } from "#lib/server/core.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { lockedRefusal } from "#lib/server/locked.ts";
import { ownRequest } from "#lib/server/own-request.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import type { Actions, PageServerLoad } from "./$types";

const said = ["gemt", "afsluttet", "alle-afsluttet"] as const;

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const { session } = await ownRequest(event);
  return {
    username: session.username,
    grants: user.grants,
    vendors: await vendorNames(ctx),
    sessions: await listOwnSessions(core().auth, session, ctx.now),
    hasSecondFactor: (await countBackupCodes(core().auth, session)) !== null,
    said: said.find((word) => event.url.searchParams.has(word)) ?? null,
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
        refusals: { invalid: passwordRefusal, "too-many": lockedRefusal(event) },
      },
      async ({ oldPassword, newPassword }) => {
        const at = { auth: core().auth, ...(await ownRequest(event)) };
        await changePassword(event.locals.ctx, { oldPassword, newPassword }, at);
        redirect(303, "/konto?gemt");
      },
    );
  },
  end: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: z.object({ session: AccountId }) }, async (input) => {
      const { session } = await ownRequest(event);
      await revokeOwnSession(core().auth, session, input.session);
      redirect(303, "/konto?afsluttet");
    });
  },
  endOthers: async (event) => {
    requireUser(event);
    await revokeOtherSessions(core().auth, (await ownRequest(event)).session);
    redirect(303, "/konto?alle-afsluttet");
  },
};
