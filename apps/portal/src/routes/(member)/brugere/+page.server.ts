import type { Context, DomainError } from "@sor/core";
import {
  AccountId,
  approveGrant,
  deactivateSupplier,
  declineGrant,
  listGrantRequests,
  listInvitations,
  listUsers,
  reactivateSupplier,
  withdrawInvitation,
} from "@sor/core/access";
import { getSupplier } from "@sor/core/endpoints";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { requireAdministrator } from "#lib/server/administered.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { readParam } from "#lib/server/queries.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const said = ["godkendt", "afvist", "trukket", "deaktiveret", "aktiveret"] as const;

export const load: PageServerLoad = async (event) => {
  const { user, isAuthority, supplierId } = requireAdministrator(event);
  const { ctx } = event.locals;
  const filter = { supplierId: supplierId === undefined ? undefined : readParam(AccountId, supplierId) };
  const chosen = isAuthority && filter.supplierId !== undefined ? { id: filter.supplierId } : undefined;
  return {
    isAuthority,
    supplierId: supplierId ?? null,
    users: await listUsers(ctx, filter),
    invitations: await listInvitations(ctx, filter),
    vendors: await vendorNames(ctx),
    vendor: chosen ? await getSupplier(ctx, chosen) : null,
    now: ctx.now,
    requests: isAuthority
      ? (await listGrantRequests(ctx)).map((one) => ({ ...one, isOwn: one.requestedBy.id === user.id }))
      : [],
    said: said.find((word) => event.url.searchParams.has(word)) ?? null,
  };
};

const refusals = {
  conflict: ({ details }: DomainError) =>
    details.fault === "second-person-needed" ? m.access_request_own() : m.access_request_decided(),
};

/** An action on a pending role: calls core and redirects back to the page. */
const decision =
  (act: (ctx: Context, id: string) => Promise<unknown>, word: (typeof said)[number]) =>
  async (event: RequestEvent) => {
    requireAdministrator(event);
    const options = { schema: z.object({ request: AccountId }), refusals };
    return await submitForm(event.request, options, async ({ request }) => {
      await act(event.locals.ctx, request);
      redirect(303, `/brugere?${word}`);
    });
  };

/** An action on a vendor, by the authority alone. */
const vendorAction =
  (act: (ctx: Context, supplierId: string) => Promise<void>, word: (typeof said)[number]) =>
  async (event: RequestEvent) => {
    requireRole(event, "authority");
    const lastOne = { conflict: () => m.access_last_administrator() };
    const options = { schema: z.object({ vendor: AccountId }), refusals: lastOne };
    return await submitForm(event.request, options, async ({ vendor }) => {
      await act(event.locals.ctx, vendor);
      redirect(303, `/brugere?leverandoer=${vendor}&${word}`);
    });
  };

export const actions: Actions = {
  deactivateVendor: vendorAction(deactivateSupplier, "deaktiveret"),
  reactivateVendor: vendorAction(reactivateSupplier, "aktiveret"),
  approve: decision(approveGrant, "godkendt"),
  decline: decision(declineGrant, "afvist"),
  withdraw: async (event) => {
    requireAdministrator(event);
    const schema = z.object({ invitation: AccountId });
    return await submitForm(event.request, { schema }, async ({ invitation }) => {
      await withdrawInvitation(event.locals.ctx, invitation);
      redirect(303, "/brugere?trukket");
    });
  },
};
