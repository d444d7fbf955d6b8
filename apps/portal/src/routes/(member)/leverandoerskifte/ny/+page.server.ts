import { listSuppliers } from "@sor/core/endpoints";
import { LocationFilter, listLocations } from "@sor/core/message-types";
import { addDays, dayInDenmark } from "@sor/core/validity";
import { beginSwitch } from "@sor/core/vendor-switches";
import { BeginForm, switchOf, switchRefusals } from "#lib/server/bulk/switch-forms.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { readFilter } from "#lib/server/queries.ts";
import { ListQuery, typedFields } from "../../lokationer/query.ts";
import type { Actions, PageServerLoad } from "./$types";

const daysAhead = 30;

type Asked = Parameters<PageServerLoad>[0] | Parameters<NonNullable<Actions["begin"]>>[0];
const requireEditor = (event: Asked) =>
  requireRole(event, "authority", "region", "vendor-administrator", "vendor-editor");

/** The filter of the list that the user came from; none without a search. */
function filterOf(url: URL): Partial<LocationFilter> | undefined {
  const given = [...url.searchParams].some(([name, value]) => value !== "" && !name.startsWith("/"));
  const { query } = readFilter(ListQuery, url, typedFields);
  const { cursor: _, sort: __, ...filter } = query;
  return given ? filter : undefined;
}

export const load: PageServerLoad = async (event) => {
  const user = requireEditor(event);
  const { ctx } = event.locals;
  const filter = filterOf(event.url);
  const found = filter && (await listLocations(ctx, LocationFilter.parse({ ...filter, limit: 1 }))).count;
  const vendors = (await listSuppliers(ctx)).filter(({ id, isActive }) => isActive && id !== user.supplierId);
  return {
    found: found ?? null,
    query: [...event.url.searchParams].filter(([name]) => !name.startsWith("/")),
    vendors: vendors.map(({ id, name }) => ({ value: id, text: name })),
    firstDay: addDays(dayInDenmark(ctx.now), daysAhead),
  };
};

export const actions: Actions = {
  begin: async (event) => {
    requireEditor(event);
    const options = { schema: BeginForm, refusals: switchRefusals };
    return await submitForm(event.request, options, async (form) => {
      const input = switchOf(form, filterOf(event.url) ?? {});
      const { id, key, keyExpiresAt, locations, waves } = await beginSwitch(event.locals.ctx, input);
      event.setHeaders({ "cache-control": "no-store" });
      return { begun: { id, key, keyExpiresAt, locations, waves } };
    });
  },
};
