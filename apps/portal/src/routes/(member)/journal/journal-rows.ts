import type { Context } from "@sor/core";
import { browseJournal } from "@sor/core/access";
import type { JournalQuery } from "@sor/core/journal";
import { subjectText } from "#lib/access-words.ts";
import { formatInstant } from "#lib/format-time.ts";
import { actionText } from "#lib/journal-words.ts";
import { historyText } from "#lib/location/history-words.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import { m } from "#lib/words/index.ts";
import { changeText } from "./change-text.ts";
import { type EntryView, viewEntries } from "./view-entries.ts";

const entriesAtOnce = 500;
const entriesMost = 50_000;

/**
 * The columns of the journal's page as rows of a file, newest first, read page by page. After `most` entries a last row says that
 * there are more. Throws `not-allowed` as the page does.
 */
export async function* journalRows(
  ctx: Context,
  query: JournalQuery,
  most = entriesMost,
): AsyncGenerator<string[]> {
  yield [
    ...[m.access_number(), m.access_when(), m.access_who(), m.access_what()],
    ...[m.access_subject(), m.journal_changes()],
  ];
  const vendors = await vendorNames(ctx);
  let before: number | undefined;
  for (let left = most; left > 0; left -= entriesAtOnce) {
    const limit = Math.min(left, entriesAtOnce);
    const { entries, next } = await browseJournal(ctx, { ...query, before }, limit);
    for (const entry of await viewEntries(ctx, entries, vendors)) yield rowOf(entry, vendors);
    if (next === null) return;
    before = next;
  }
  yield [m.journal_file_ends({ count: most }), "", "", "", "", ""];
}

function rowOf(entry: EntryView, vendors: Readonly<Record<string, string>>): string[] {
  const refused = entry.outcome === "refused" ? [m.access_refused()] : [];
  return [
    String(entry.sequence),
    formatInstant(entry.at, "second"),
    [entry.actorName ?? m.access_nobody(), entry.supplierName ?? []].flat().join(", "),
    [actionText(entry.action), ...refused].join(", "),
    `${subjectText(entry.subjectType)}: ${entry.subject?.name ?? entry.subject?.id ?? ""}`,
    changesText(entry, vendors),
  ];
}

function changesText({ comment, changes }: EntryView, vendors: Readonly<Record<string, string>>): string {
  const { history = [], fields = [], fieldsMore = 0, data = null } = changes ?? {};
  return [
    ...(comment === null ? [] : [`„${comment}”`]),
    ...history.map(historyText),
    ...fields.map((change) => changeText(change, vendors)),
    ...(fieldsMore > 0 ? [m.journal_more({ count: fieldsMore })] : []),
    ...(data?.before ? [`${m.access_before()}: ${data.before}`] : []),
    ...(data?.after ? [`${m.access_after()}: ${data.after}`] : []),
  ].join("\n");
}
