import { listSavedSearches, removeSearch, SearchToSave, saveSearch } from "@sor/core/bulk";
import { listCodes } from "@sor/core/code-lists";
import { listEndpointChoices, listNetOperators, listSystems } from "@sor/core/endpoints";
import { Gln, isMistypedGln } from "@sor/core/identifiers";
import { listLocations, messageTypes } from "@sor/core/message-types";
import { mayAnywhere } from "@sor/core/permissions";
import { listProfiles } from "@sor/core/profiles";
import { redirect } from "@sveltejs/kit";
import { getLanguage } from "#lib/language.ts";
import { BulkForm, draftFromPanel } from "#lib/server/bulk/bulk-form.ts";
import { setRefusals } from "#lib/server/changes/set-refusals.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readFilter } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";
import { ListQuery, typedFields } from "./query.ts";

const pageSize = 100;
/** Most ticks that are carried from page to page. */
const ticksMax = 500;

const codes = [
  ...new Set(
    messageTypes.flatMap(({ code, kind, status }) =>
      code === undefined || kind === "namespace" || status !== "current" ? [] : [code],
    ),
  ),
].toSorted();

const ticksOf = (url: URL) =>
  [...new Set(url.searchParams.getAll("gln[]"))]
    .filter((gln) => Gln.safeParse(gln).success)
    .slice(0, ticksMax);

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const { query: read, problem } = readFilter(ListQuery, event.url, typedFields);
  const { cursor, ...query } = read;
  const supplierId = user.supplierId ?? undefined;
  const [page, systems, operators, searches, profiles] = await Promise.all([
    listLocations(ctx, { ...query, after: cursor, limit: pageSize }),
    listSystems(ctx, { supplierId }),
    listNetOperators(ctx),
    listSavedSearches(ctx),
    listProfiles(ctx),
  ]);
  const endpointsOf = supplierId ?? systems.find(({ id }) => id === query.systemId)?.supplierId;
  const language = getLanguage();
  const named = (list: Parameters<typeof listCodes>[0]) =>
    listCodes(list).map((each) => ({ value: each.code, text: each[language] }));
  return {
    query,
    filterProblem: problem,
    page,
    ticks: ticksOf(event.url),
    isSpelling: page.spelling === "likely" && page.count > 0,
    isMistyped: isMistypedGln(query.text ?? ""),
    isFirst: cursor === undefined,
    mayEdit: mayAnywhere(ctx.actor, "registration.edit", ctx.now),
    searches,
    choices: {
      codes,
      systems: systems.map(({ id, name, supplierName }) => ({
        value: id,
        text: name,
        group: supplierId ? undefined : supplierName,
      })),
      endpoints: endpointsOf === undefined ? null : await listEndpointChoices(ctx.db, endpointsOf),
      operators: operators.map(({ code, name }) => ({ value: code, text: name })),
      regions: named("regions"),
      profiles: profiles.map(({ id, name }) => ({ value: id, text: name })),
      unitTypes: named("entity-types"),
    },
    isOneSupplier: supplierId !== undefined,
  };
};

const refusals = {
  ...setRefusals,
  invalid: (error: Parameters<typeof setRefusals.invalid>[0]) => {
    const text = error.words[getLanguage()];
    const { field } = error.details;
    return typeof field === "string" && field !== "glns" ? { field, text } : text;
  },
};

export const actions: Actions = {
  plan: async (event) => {
    requireUser(event);
    const { query } = readFilter(ListQuery, event.url, typedFields);
    return await submitForm(event.request, { schema: BulkForm, refusals }, async (form) => {
      const { cursor: _, sort: __, ...filter } = query;
      const set = await draftFromPanel(event.locals.ctx, form, filter);
      redirect(303, `/aendringssaet/${set.id}`);
    });
  },
  save: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: SearchToSave }, async (search) => {
      await saveSearch(event.locals.ctx, search);
      redirect(303, `/lokationer?${search.query}`);
    });
  },
  remove: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: SearchToSave.pick({ name: true }) }, async (search) => {
      await removeSearch(event.locals.ctx, search);
      const shown = [...event.url.searchParams].filter(([name]) => !name.startsWith("/"));
      redirect(303, `/lokationer?${new URLSearchParams(shown)}`);
    });
  },
};
