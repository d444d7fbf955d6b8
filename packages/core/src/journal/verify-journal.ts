import { and, asc, eq, gt, lte } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { chainHash, firstHash } from "./append.ts";
import { journalEntries, journalHead } from "./tables.ts";

const pageEntries = 1000;

/** How the check went; `sequence` is the first number that is missing or does not fit the chain. */
export type JournalCheck =
  | { intact: true; entries: number; hash: string }
  | { intact: false; sequence: number; why: "missing" | "altered" };

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

/**
 * Checks that the entries from one number to another (both included; to the newest when absent) are all there and as
 * they were written. Reads in pages, so that a long journal takes bounded memory. Keep a `hash` elsewhere to notice a
 * journal that was rewritten as a whole.
 */
export async function verifyJournal(db: ReadDatabase, from = 1, to?: number): Promise<JournalCheck> {
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
  }
  if (to === undefined && link.hash !== head.hash) {
    return { intact: false, sequence: link.sequence, why: "altered" };
  }
  return { intact: true, entries: Math.max(0, last - from + 1), hash: link.hash };
}
