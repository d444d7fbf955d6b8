import { browseJournal } from "@sor/core/access";
import { JournalQuery } from "@sor/core/journal";
import { requireRole } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import type { PageServerLoad } from "./$types";

// What an import changed may be long; the page shows how it begins.
const charactersShown = 4000;

function shown(value: unknown): string | null {
  if (value === null) return null;
  const text = JSON.stringify(value, null, 2);
  return text.length > charactersShown ? `${text.slice(0, charactersShown)}\n…` : text;
}

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx } = event.locals;
  const query = readQuery(JournalQuery, event.url);
  const { entries, next } = await browseJournal(ctx, query);
  const further = new URLSearchParams(event.url.searchParams);
  if (next !== null) further.set("before", String(next));
  const first = new URLSearchParams(event.url.searchParams);
  first.delete("before");
  return {
    query,
    vendors: await vendorNames(ctx),
    entries: entries.map(({ hash: _, before, after, ...entry }) => ({
      ...entry,
      before: shown(before),
      after: shown(after),
    })),
    next: next === null ? null : `/journal?${further}`,
    newest: query.before === undefined ? null : `/journal?${first}`,
  };
};
