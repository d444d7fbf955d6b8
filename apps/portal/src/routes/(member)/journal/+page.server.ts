import { browseJournal } from "@sor/core/access";
import { JournalQuery } from "@sor/core/journal";
import { undoEntry } from "#lib/server/changes/undo-entry.ts";
import { requireRole } from "#lib/server/guards.ts";
import { readFilter } from "#lib/server/queries.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import type { Actions, PageServerLoad } from "./$types";
import { viewEntries } from "./view-entries.ts";

/** The query without the name of an action that was posted to. */
function filterOf(searchParams: URLSearchParams): string {
  return new URLSearchParams([...searchParams].filter(([name]) => !name.startsWith("/"))).toString();
}

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx } = event.locals;
  const { query, problem } = readFilter(JournalQuery, event.url, ["fromDay", "toDay", "who", "gln"]);
  const { entries, next } = problem ? { entries: [], next: null } : await browseJournal(ctx, query);
  const vendors = await vendorNames(ctx);
  const further = new URLSearchParams(event.url.searchParams);
  if (next !== null) further.set("before", String(next));
  const first = new URLSearchParams(event.url.searchParams);
  first.delete("before");
  const { before: _, ...filter } = query;
  return {
    query,
    problem,
    // What the undo of a line posts to keeps the filter, so that a refusal shows the same list.
    search: event.url.search === "" ? "" : `${filterOf(event.url.searchParams)}&`,
    vendors,
    isFiltered: problem !== null || Object.keys(filter).length > 0,
    file: `/journal/journal.csv?${filterOf(first)}`,
    entries: await viewEntries(ctx, entries, vendors),
    next: next === null ? null : `/journal?${further}`,
    newest: query.before === undefined ? null : `/journal?${first}`,
  };
};

export const actions: Actions = {
  undo: async (event) => {
    requireRole(event, "authority");
    return await undoEntry(event);
  },
};
