import { AccountId, listInvitations, listUsers, withdrawInvitation } from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { requireAdministrator } from "#lib/server/administered.ts";
import { submitForm } from "#lib/server/forms.ts";
import { readParam } from "#lib/server/queries.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  const { isAuthority, supplierId } = requireAdministrator(event);
  const { ctx } = event.locals;
  const filter = { supplierId: supplierId === undefined ? undefined : readParam(AccountId, supplierId) };
  return {
    isAuthority,
    supplierId: supplierId ?? null,
    users: await listUsers(ctx, filter),
    invitations: await listInvitations(ctx, filter),
    vendors: await vendorNames(ctx),
    now: ctx.now,
  };
};

export const actions: Actions = {
  withdraw: async (event) => {
    requireAdministrator(event);
    const schema = z.object({ invitation: AccountId });
    return await submitForm(event.request, { schema }, async ({ invitation }) => {
      await withdrawInvitation(event.locals.ctx, invitation);
      redirect(303, "/brugere#invitationer");
    });
  },
};
