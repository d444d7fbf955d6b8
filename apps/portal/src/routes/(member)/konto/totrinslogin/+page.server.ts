import type { DomainError } from "@sor/core";
import {
  AuthenticatorCode,
  Credentials,
  confirmSecondFactor,
  countBackupCodes,
  prepareSecondFactor,
  removeSecondFactor,
  renewBackupCodes,
} from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { core } from "#lib/server/core.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { lockedRefusal } from "#lib/server/locked.ts";
import { ownRequest } from "#lib/server/own-request.ts";
import { setSessionCookies } from "#lib/server/session-cookies.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const said = ["til", "fra"] as const;

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  event.setHeaders({ "cache-control": "no-store" });
  const { session } = await ownRequest(event);
  return {
    codesLeft: await countBackupCodes(core().auth, session),
    said: said.find((word) => event.url.searchParams.has(word)) ?? null,
  };
};

const PasswordAsked = Credentials.pick({ password: true });
/** The prepared factor is posted back with the code, to be shown again when the code is wrong. */
const CodeAsked = z.object({
  code: AuthenticatorCode,
  uri: z.string().max(500).optional(),
  backupCodes: z.array(z.string().max(20)).max(20).optional(),
});

const askingPassword = (event: RequestEvent) => ({
  schema: PasswordAsked,
  refusals: {
    invalid: () => ({ field: "password", text: m.access_password_wrong() }),
    conflict: () => m.access_factor_changed(),
    "too-many": lockedRefusal(event),
  },
});

export const actions: Actions = {
  prepare: async (event) => {
    requireUser(event);
    return await submitForm(event.request, askingPassword(event), async ({ password }) => ({
      factor: await prepareSecondFactor(core().auth, await ownRequest(event), password, event.locals.ctx.now),
    }));
  },
  confirm: async (event) => {
    requireUser(event);
    const refusals = { invalid: (_: DomainError) => ({ field: "code", text: m.access_code_wrong() }) };
    const faults = { code: () => m.access_code_digits() };
    return await submitForm(event.request, { schema: CodeAsked, faults, refusals }, async ({ code }) => {
      const { now } = event.locals.ctx;
      const cookies = await confirmSecondFactor(core().auth, await ownRequest(event), code, now);
      setSessionCookies(event.cookies, cookies);
      redirect(303, "/konto/totrinslogin?til");
    });
  },
  codes: async (event) => {
    requireUser(event);
    return await submitForm(event.request, askingPassword(event), async ({ password }) => ({
      backupCodes: await renewBackupCodes(
        core().auth,
        await ownRequest(event),
        password,
        event.locals.ctx.now,
      ),
    }));
  },
  remove: async (event) => {
    requireUser(event);
    return await submitForm(event.request, askingPassword(event), async ({ password }) => {
      const { now } = event.locals.ctx;
      const cookies = await removeSecondFactor(core().auth, await ownRequest(event), password, now);
      setSessionCookies(event.cookies, cookies);
      redirect(303, "/konto/totrinslogin?fra");
    });
  },
};
