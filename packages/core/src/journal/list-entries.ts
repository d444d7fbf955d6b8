import { and, asc, desc, eq, gt, gte, like, lt, type SQL, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { journalEntries, journalHead } from "./tables.ts";

export type JournalEntry = typeof journalEntries.$inferSelect;

/** The number of the newest entry; 0 in an empty journal. */
export async function currentSequence(db: ReadDatabase): Promise<number> {
  const [head] = await db
    .select({ sequence: journalHead.sequence })
    .from(journalHead)
    .where(eq(journalHead.id, 1));
  return head?.sequence ?? 0;
}

/** At most `limit` entries after number `after`, oldest first. Never skips or repeats a number. */
export async function listEntriesAfter(
  db: ReadDatabase,
  after: number,
  limit: number,
): Promise<JournalEntry[]> {
  return await db
    .select()
    .from(journalEntries)
    .where(gt(journalEntries.sequence, after))
    .orderBy(asc(journalEntries.sequence))
    .limit(limit);
}

export type JournalFilter = {
  /** Only entries before this number: the key of the next page. */
  before?: number | undefined;
  /** Only entries after this number. */
  after?: number | undefined;
  subjectType?: string | undefined;
  subjectId?: string | undefined;
  gln?: string | undefined;
  sorId?: string | undefined;
  supplierId?: string | undefined;
  /** Prefix of the actor's name; letter case is ignored. */
  who?: string | undefined;
  action?: string | undefined;
  from?: Date | undefined;
  /** End of the period, exclusive. */
  until?: Date | undefined;
  actorId?: string | undefined;
  changeSetId?: string | undefined;
  outcome?: "done" | "refused" | undefined;
  limit: number;
};

const namedLike = (beginning: string) =>
  like(sql`lower(${journalEntries.actorName})`, sql`lower(${beginning.replace(/[\\%_]/g, "\\$&")}) || '%'`);

/** The journal, newest first, filtered; for people. */
export async function listJournal(db: ReadDatabase, filter: JournalFilter): Promise<JournalEntry[]> {
  const conditions: (SQL | undefined)[] = [
    filter.before === undefined ? undefined : lt(journalEntries.sequence, filter.before),
    filter.after === undefined ? undefined : gt(journalEntries.sequence, filter.after),
    filter.subjectType === undefined ? undefined : eq(journalEntries.subjectType, filter.subjectType),
    filter.subjectId === undefined ? undefined : eq(journalEntries.subjectId, filter.subjectId),
    filter.gln === undefined ? undefined : sql`${journalEntries.glns} @> array[${filter.gln}]::text[]`,
    filter.sorId === undefined ? undefined : sql`${journalEntries.sorIds} @> array[${filter.sorId}]::text[]`,
    filter.supplierId === undefined ? undefined : eq(journalEntries.supplierId, filter.supplierId),
    filter.who === undefined ? undefined : namedLike(filter.who),
    filter.action === undefined ? undefined : eq(journalEntries.action, filter.action),
    filter.from === undefined ? undefined : gte(journalEntries.at, filter.from),
    filter.until === undefined ? undefined : lt(journalEntries.at, filter.until),
    filter.actorId === undefined ? undefined : eq(journalEntries.actorId, filter.actorId),
    filter.changeSetId === undefined ? undefined : eq(journalEntries.changeSetId, filter.changeSetId),
    filter.outcome === undefined ? undefined : eq(journalEntries.outcome, filter.outcome),
  ];
  return await db
    .select()
    .from(journalEntries)
    .where(and(...conditions))
    .orderBy(desc(journalEntries.sequence))
    .limit(filter.limit);
}
