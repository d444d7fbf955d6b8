import { and, asc, eq, gt, lte, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { chainHash, firstHash } from "./append.ts";
import { journalEntries, journalHead } from "./tables.ts";

const pageEntries = 1000;

/** Result of the check; `sequence` is the last number checked, or the first that is missing or invalid. */
export type JournalCheck =
  | { intact: true; entries: number; sequence: number; hash: string }
  | { intact: false; sequence: number; why: "missing" | "altered" | "beyond the head" | "not as noted" };

type Link = { sequence: number; hash: string };
type Entry = typeof journalEntries.$inferSelect;

/** The link after the last entry of a page that continues from `link`, or what is wrong with it. Pure. */
function followChain(link: Link, page: readonly Entry[]): Link | (JournalCheck & { intact: false }) {
  let { sequence, hash } = link;
  for (const entry of page) {
    if (entry.sequence !== sequence + 1) return { intact: false, sequence: sequence + 1, why: "missing" };
    hash = chainHash(hash, entry);
    if (hash !== entry.hash) return { intact: false, sequence: entry.sequence, why: "altered" };
    sequence = entry.sequence;
  }
  return page.length === 0 ? { intact: false, sequence: sequence + 1, why: "missing" } : { sequence, hash };
}

/** The link before number `from`. */
async function findLinkBefore(db: ReadDatabase, from: number): Promise<Link | undefined> {
  if (from <= 1) return { sequence: 0, hash: firstHash };
  const [row] = await db
    .select({ sequence: journalEntries.sequence, hash: journalEntries.hash })
    .from(journalEntries)
    .where(eq(journalEntries.sequence, from - 1));
  return row;
}

/** Which entries to check, and against what. */
export type JournalQuestion = {
  /** First and last number, inclusive; default: from the first to the newest. */
  from?: number | undefined;
  to?: number | undefined;
  /** Number and hash of an entry, recorded elsewhere: a completely rewritten journal differs from it. */
  anchor?: { sequence: number; hash: string } | undefined;
  /** Called after each page with the progress. */
  onPage?: ((sequence: number, last: number) => void) | undefined;
};

/**
 * Checks that all entries are present and unchanged, and that the head is the last of them. Reads in pages, so that a long
 * journal needs bounded memory, while programs are running. Store number and hash of the newest entry elsewhere to detect a
 * journal that was completely rewritten.
 */
export async function verifyJournal(
  db: ReadDatabase,
  { from = 1, to, anchor, onPage }: JournalQuestion = {},
): Promise<JournalCheck> {
  const [head] = await db.select().from(journalHead).where(eq(journalHead.id, 1));
  const before = await findLinkBefore(db, from);
  if (!head || !before) return { intact: false, sequence: Math.max(1, from - 1), why: "missing" };
  let link: Link = before;
  const last = to ?? head.sequence;
  while (link.sequence < last) {
    const page: Entry[] = await db
      .select()
      .from(journalEntries)
      .where(and(gt(journalEntries.sequence, link.sequence), lte(journalEntries.sequence, last)))
      .orderBy(asc(journalEntries.sequence))
      .limit(pageEntries);
    const next = followChain(link, page);
    if ("intact" in next) return next;
    link = next;
    onPage?.(link.sequence, last);
  }
  if (to === undefined && link.hash !== head.hash) {
    return { intact: false, sequence: link.sequence, why: "altered" };
  }
  const beyond = to === undefined ? await findEntryBeyondHead(db) : undefined;
  if (beyond !== undefined) return { intact: false, sequence: beyond, why: "beyond the head" };
  if (anchor && (await findLinkBefore(db, anchor.sequence + 1))?.hash !== anchor.hash) {
    return { intact: false, sequence: anchor.sequence, why: "not as noted" };
  }
  return { intact: true, entries: Math.max(0, last - from + 1), sequence: last, hash: link.hash };
}

/** The first entry after the head; both are read in one statement. */
async function findEntryBeyondHead(db: ReadDatabase): Promise<number | undefined> {
  const [entry] = await db
    .select({ sequence: journalEntries.sequence })
    .from(journalEntries)
    .where(sql`${journalEntries.sequence} > (select ${journalHead.sequence} from ${journalHead})`)
    .orderBy(asc(journalEntries.sequence))
    .limit(1);
  return entry?.sequence;
}
