import {
  AccountId,
  deactivateUser,
  getUser,
  grantRole,
  invitePasswordReset,
  reactivateUser,
  resetSecondFactor,
  revokeGrant,
} from "@sor/core/access";
import { OperatorReason } from "@sor/core/tracking";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { RoleForm, scopeFault } from "#lib/server/access-forms.ts";
import { requireAdministrator } from "#lib/server/administered.ts";
import { submitForm } from "#lib/server/forms.ts";
import { reasonFaults } from "#lib/server/message-forms.ts";
import { readParam } from "#lib/server/queries.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const said = ["totrin", "givet", "bedt", "fjernet", "spaerret", "aabnet"] as const;

export const load: PageServerLoad = async (event) => {
  const { user: self, isAuthority } = requireAdministrator(event);
  const { ctx } = event.locals;
  const user = await getUser(ctx, readParam(AccountId, event.params.id));
  return {
    isAuthority,
    user,
    isOwn: user.id === self.id,
    vendors: await vendorNames(ctx),
    said: said.find((word) => event.url.searchParams.has(word)) ?? null,
  };
};

const refusals = {
  conflict: (refused: { details: Record<string, unknown> }) =>
    refused.details.rule === "last-administrator" ? m.access_last_administrator() : m.form_refused_conflict(),
};

const factorRefusal = ({ details }: { details: Record<string, unknown> }) =>
  details.fault === "own-account" ? m.access_factor_own() : m.access_factor_none();

function userOf(event: RequestEvent): string {
  requireAdministrator(event);
  return readParam(AccountId, event.params.id);
}

/** An action on the user: calls core and redirects back to the page. */
const button =
  (act: (event: RequestEvent, userId: string) => Promise<void>, word: (typeof said)[number]) =>
  async (event: RequestEvent) => {
    const userId = userOf(event);
    return await submitForm(event.request, { schema: z.object({}), refusals }, async () => {
      await act(event, userId);
      redirect(303, `/brugere/${userId}?${word}`);
    });
  };

export const actions: Actions = {
  deactivate: button(({ locals }, userId) => deactivateUser(locals.ctx, userId), "spaerret"),
  reactivate: button(({ locals }, userId) => reactivateUser(locals.ctx, userId), "aabnet"),
  reset: async (event) => {
    const userId = userOf(event);
    return await submitForm(event.request, { schema: z.object({}), refusals }, async () => {
      const { token, expiresAt } = await invitePasswordReset(event.locals.ctx, userId);
      event.setHeaders({ "cache-control": "no-store" });
      return { reset: { link: `${event.locals.config.origin}/invitation/${token}`, expiresAt } };
    });
  },
  factor: async (event) => {
    const userId = userOf(event);
    const options = { schema: OperatorReason, faults: reasonFaults, refusals: { conflict: factorRefusal } };
    return await submitForm(event.request, options, async ({ reason }) => {
      await resetSecondFactor(event.locals.ctx, { userId, reason });
      redirect(303, `/brugere/${userId}?totrin`);
    });
  },
  revoke: async (event) => {
    const userId = userOf(event);
    const schema = z.object({ grant: AccountId });
    return await submitForm(event.request, { schema, refusals }, async ({ grant }) => {
      await revokeGrant(event.locals.ctx, grant);
      redirect(303, `/brugere/${userId}?fjernet`);
    });
  },
  grant: async (event) => {
    const userId = userOf(event);
    const faults = { scope: scopeFault, role: () => m.form_choose() };
    return await submitForm(event.request, { schema: RoleForm, faults, refusals }, async (given) => {
      const { ctx } = event.locals;
      const made = await grantRole(ctx, { ...given, userId, validFrom: ctx.now, validTo: null });
      redirect(303, `/brugere/${userId}?${"grantId" in made ? "givet" : "bedt"}`);
    });
  },
};
