import { inviteUser, isVendorsOwn } from "@sor/core/access";
import { InviteForm, scopeFault } from "#lib/server/access-forms.ts";
import { requireAdministrator } from "#lib/server/administered.ts";
import { submitForm } from "#lib/server/forms.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  const { isAuthority, supplierId } = requireAdministrator(event);
  const vendors = await vendorNames(event.locals.ctx);
  const isMade = event.url.searchParams.has("oprettet");
  const made = isMade && supplierId !== undefined ? (vendors[supplierId] ?? null) : null;
  return { isAuthority, supplierId: supplierId ?? null, vendors, made };
};

const inviteFaults = {
  username: () => m.access_username_rule(),
  email: () => m.access_email_rule(),
  role: () => m.form_choose(),
  supplierId: () => m.access_vendor_rule(),
  scope: scopeFault,
};

export const actions: Actions = {
  default: async (event) => {
    requireAdministrator(event);
    const { ctx, config } = event.locals;
    return await submitForm(
      event.request,
      {
        schema: InviteForm,
        faults: inviteFaults,
        refusals: {
          conflict: (error) =>
            error.details.field === "username"
              ? { field: "username", text: m.access_username_taken() }
              : { field: "supplierId", text: m.access_vendor_rule() },
        },
      },
      async (input) => {
        const { token, expiresAt } = await inviteUser(ctx, input);
        event.setHeaders({ "cache-control": "no-store" });
        const link = `${config.origin}/invitation/${token}`;
        const takesTwo = !isVendorsOwn(input, input.supplierId);
        return { invited: { username: input.username, link, expiresAt, takesTwo } };
      },
    );
  },
};
