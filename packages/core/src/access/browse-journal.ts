import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { type JournalEntry, type JournalQuery, listJournal } from "../journal/index.ts";
import { may } from "../permissions/index.ts";
import { addDays, startOfDayInDenmark } from "../validity/index.ts";

const pageEntries = 50;

/** A page of the journal, newest first, for those who may read all of it; `next` is the key of the next page. */
export async function browseJournal(
  ctx: Context,
  query: JournalQuery,
): Promise<{ entries: JournalEntry[]; next: number | null }> {
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  if (!may(ctx.actor, "journal.read", { type: "journal", id: "all" }, ctx.now)) {
    throw new DomainError("not-allowed", "no-right-to-journal", {
      action: "journal.read",
    });
  }
  const { fromDay, toDay, ...filter } = query;
  const period = {
    from: fromDay === undefined ? undefined : startOfDayInDenmark(fromDay),
    until: toDay === undefined ? undefined : startOfDayInDenmark(addDays(toDay, 1)),
  };
  const found = await listJournal(ctx.db, { ...filter, ...period, limit: pageEntries + 1 });
  const entries = found.slice(0, pageEntries);
  return { entries, next: found.length > pageEntries ? (entries.at(-1)?.sequence ?? null) : null };
}
