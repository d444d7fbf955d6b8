import { and, eq, ne, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { requireEtag } from "../etag.ts";
import { journalEntries } from "../journal/tables.ts";
import { loadRegistrationRows, registrationsEtag } from "../message-types/index.ts";
import { getUnitLine, unitEtag } from "../organisations/index.ts";

/** The state of a unit, or of what a location number receives and sends, on which commands are based. */
export type Seen = { sorId: string; etag: string } | { gln: string; etag: string };

/** Throws `conflict` (fault `etag`) when the unit or location number is in another state than its editor saw. */
export async function requireSeen(db: ReadDatabase, seen: Seen | undefined): Promise<void> {
  if (seen === undefined) return;
  if ("gln" in seen) {
    const rows = await loadRegistrationRows(db, seen.gln);
    requireEtag(seen.etag, registrationsEtag(rows), "registrations-changed");
    return;
  }
  const { versions } = await getUnitLine(db, seen.sorId);
  requireEtag(seen.etag, unitEtag(versions), "unit-changed");
}

/**
 * The newest edit of each subject, by `type id`: its number in the journal. That a known period begins or ends by itself is no
 * edit: whoever saw the subject saw that too.
 */
export async function newestEntries(
  db: ReadDatabase,
  subjects: readonly { type: string; id: string }[],
): Promise<Map<string, number>> {
  if (subjects.length === 0) return new Map();
  const { action, subjectType, subjectId, sequence, outcome } = journalEntries;
  const newest = new Map<string, number>();
  for (const [type, group] of Map.groupBy(subjects, (subject) => subject.type)) {
    const ids = [...new Set(group.map((subject) => subject.id))];
    const rows = await db
      .select({ id: subjectId, last: sql<string>`max(${sequence})` })
      .from(journalEntries)
      .where(
        and(
          eq(subjectType, type),
          sql`${subjectId} = any(${sql.param(ids)}::text[])`,
          eq(outcome, "done"),
          ne(action, "validity.change"),
        ),
      )
      .groupBy(subjectId);
    for (const { id, last } of rows) newest.set(`${type} ${id}`, Number(last));
  }
  return newest;
}
