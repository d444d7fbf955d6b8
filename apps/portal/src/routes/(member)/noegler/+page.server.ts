import { AccountId, createKey, listKeys, revokeKey, scopes, vendorScopes } from "@sor/core/access";
import { addDays, dayInDenmark } from "@sor/core/validity";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { KeyForm } from "#lib/server/access-forms.ts";
import { requireAdministrator } from "#lib/server/administered.ts";
import { submitForm } from "#lib/server/forms.ts";
import { readParam } from "#lib/server/queries.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const daysSuggested = 365;
/** A key ends at the start of a day in Denmark: its last day is the day before. */
const lastDayBefore = (end: Date) => dayInDenmark(new Date(end.getTime() - 1));

export const load: PageServerLoad = async (event) => {
  const { isAuthority, supplierId } = requireAdministrator(event);
  const { ctx } = event.locals;
  const chosen = supplierId === undefined ? undefined : readParam(AccountId, supplierId);
  const keys = chosen === undefined ? [] : await listKeys(ctx, chosen);
  const revoked = event.url.searchParams.get("spaerret");
  return {
    isAuthority,
    supplierId: chosen ?? null,
    vendors: await vendorNames(ctx),
    keys: keys.map(({ expiresAt, ...key }) => ({
      ...key,
      lastDay: expiresAt === null ? null : lastDayBefore(expiresAt),
    })),
    revoked: keys.find(({ id }) => id === revoked)?.name ?? null,
    scopes: isAuthority ? scopes : vendorScopes,
    lastDay: addDays(dayInDenmark(ctx.now), daysSuggested),
  };
};

const faults = {
  scopes: () => m.access_key_scopes_rule(),
  glns: () => m.access_key_glns_rule(),
  networks: () => m.access_key_networks_rule(),
  registerPart: () => m.access_key_part_rule(),
  lastDay: () => m.access_key_last_day_rule(),
};

/** The URL of the same page, with the result. */
function back({ url }: RequestEvent, revoked: string): string {
  const vendor = url.searchParams.get("leverandoer");
  return `/noegler?${new URLSearchParams({ ...(vendor !== null && { leverandoer: vendor }), spaerret: revoked })}`;
}

export const actions: Actions = {
  create: async (event) => {
    requireAdministrator(event);
    const refusals = { invalid: () => ({ field: "lastDay", text: m.access_key_last_day_rule() }) };
    return await submitForm(event.request, { schema: KeyForm, faults, refusals }, async (input) => {
      const { key, expiresAt } = await createKey(event.locals.ctx, input);
      event.setHeaders({ "cache-control": "no-store" });
      return { created: { key, name: input.name, lastDay: lastDayBefore(expiresAt) } };
    });
  },
  revoke: async (event) => {
    requireAdministrator(event);
    const schema = z.object({ key: AccountId });
    return await submitForm(event.request, { schema }, async ({ key }) => {
      await revokeKey(event.locals.ctx, key);
      redirect(303, back(event, key));
    });
  },
};
