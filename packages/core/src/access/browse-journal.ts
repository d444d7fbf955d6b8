import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import {
  type AuditCheck,
  type AuditQuery,
  currentSequence,
  type JournalCheck,
  type JournalEntry,
  JournalKey,
  type JournalQuery,
  listJournal,
  verifyJournal,
} from "../journal/index.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { may } from "../permissions/index.ts";
import { addDays, startOfDayInDenmark } from "../validity/index.ts";

const pageEntries = 50;
const checkedMax = 100_000;

function requireReader(ctx: Context): void {
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  if (may(ctx.actor, "journal.read", { type: "journal", id: "all" }, ctx.now)) return;
  throw new DomainError("not-allowed", "no-right-to-journal", {
    action: "journal.read",
  });
}

const periodOf = ({ fromDay, toDay }: { fromDay?: string | undefined; toDay?: string | undefined }) => ({
  from: fromDay === undefined ? undefined : startOfDayInDenmark(fromDay),
  until: toDay === undefined ? undefined : startOfDayInDenmark(addDays(toDay, 1)),
});

/** A page of the journal, newest first, for those who may read all of it; `next` is the key of the next page. `limit`: entries in it. */
export async function browseJournal(
  ctx: Context,
  query: JournalQuery,
  limit = pageEntries,
): Promise<{ entries: JournalEntry[]; next: number | null }> {
  requireReader(ctx);
  const { fromDay, toDay, ...filter } = query;
  const period = periodOf({ fromDay, toDay });
  const found = await listJournal(ctx.db, { ...filter, ...period, limit: limit + 1 });
  const entries = found.slice(0, limit);
  return { entries, next: found.length > limit ? (entries.at(-1)?.sequence ?? null) : null };
}

/** The same for programs: a page as long as they ask for, continued by a cursor. `invalid` for a cursor that is not one. */
export async function auditJournal(ctx: Context, query: AuditQuery): Promise<Page<JournalEntry>> {
  requireReader(ctx);
  const { fromDay, toDay, limit, after, ...filter } = query;
  const before = after === undefined ? undefined : decodeCursor(JournalKey, after)[0];
  const period = periodOf({ fromDay, toDay });
  const found = await listJournal(ctx.db, { ...filter, ...period, before, limit: limit + 1 });
  return toPage(found, limit, ({ sequence }) => [sequence]);
}

/**
 * Checks the chain of the journal for those who may read it, at most 100,000 entries at once; `next` is the first number that is
 * left to check. `invalid` when the last number comes before the first.
 */
export async function checkJournal(
  ctx: Context,
  { from = 1, to, anchor }: AuditCheck,
): Promise<JournalCheck & { next: number | null }> {
  requireReader(ctx);
  if (to !== undefined && to < from) throw new DomainError("invalid", "check-reversed", { field: "to" });
  const last = to ?? (await currentSequence(ctx.db));
  const isTooLong = last - from >= checkedMax;
  const part = isTooLong ? { from, to: from + checkedMax - 1 } : { from, to };
  const checked = await verifyJournal(ctx.db, { ...part, anchor });
  return { ...checked, next: isTooLong && checked.intact ? from + checkedMax : null };
}
