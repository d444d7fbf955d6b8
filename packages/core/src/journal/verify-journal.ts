import { and, asc, eq, gt, lte, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { chainHash, firstHash } from "./append.ts";
import { journalEntries, journalHead } from "./tables.ts";

const pageEntries = 1000;

/** How the check went; `sequence` is the last number checked, or the first that is missing or does not fit. */
export type JournalCheck =
  | { intact: true; entries: number; sequence: number; hash: string }
  | { intact: false; sequence: number; why: "missing" | "altered" | "beyond the head" | "not as noted" };

type Link = { sequence: number; hash: string };
type Entry = typeof journalEntries.$inferSelect;

/** The link after the last entry of a page that follows on `link`, or what is wrong with it. Pure. */
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

/** The link that number `from` follows on. */
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
  /** First and last number, both included; from the first and to the newest unless given. */
  from?: number | undefined;
  to?: number | undefined;
  /** What was noted elsewhere of an entry: a journal that was rewritten as a whole differs from it. */
  anchor?: { sequence: number; hash: string } | undefined;
  /** Told after each page how far it is, of how many. */
  onPage?: ((sequence: number, last: number) => void) | undefined;
};

/**
 * Checks that entries are all there and as they were written, and that the head is the last of them. Reads in pages, so that a
 * long journal takes bounded memory, beside running programs. Keep number and hash of the newest entry elsewhere to notice a
 * journal that was rewritten as a whole.
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

/** The first entry that the head does not know of; both are read at the same moment. */
async function findEntryBeyondHead(db: ReadDatabase): Promise<number | undefined> {
  const [entry] = await db
    .select({ sequence: journalEntries.sequence })
    .from(journalEntries)
    .where(sql`${journalEntries.sequence} > (select ${journalHead.sequence} from ${journalHead})`)
    .orderBy(asc(journalEntries.sequence))
    .limit(1);
  return entry?.sequence;
}
