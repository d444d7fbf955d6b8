import { eq } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { firstHash } from "./append.ts";
import { journalEntries, journalHead } from "./tables.ts";

const pattern = /^(\d{1,15})(?:\.([0-9a-f]{16}))?$/;

/** Prefix of a journal hash, long enough to distinguish journals. */
export const stampOf = (hash: string): string => hash.slice(0, 16);

/** A place as text: `48211.9f86d081884c7d65`; the beginning is `0`. */
export const positionText = ({ sequence, hash }: { sequence: number; hash: string }): string =>
  sequence === 0 ? "0" : `${sequence}.${stampOf(hash)}`;

/** Reads such a text, or a number alone, which could be of any journal; undefined for other texts. */
export function parsePosition(text: string): { sequence: number; stamp: string | undefined } | undefined {
  const [, sequence, stamp] = pattern.exec(text) ?? [];
  return sequence === undefined ? undefined : { sequence: Number(sequence), stamp };
}

/** The newest entry's number and hash; 0 in an empty journal. */
export async function currentPosition(db: ReadDatabase): Promise<{ sequence: number; hash: string }> {
  const [head] = await db
    .select({ sequence: journalHead.sequence, hash: journalHead.hash })
    .from(journalHead)
    .where(eq(journalHead.id, 1));
  return head ?? { sequence: 0, hash: firstHash };
}

/** The hash of an entry; undefined when the journal has not reached its number. */
export async function findHash(db: ReadDatabase, sequence: number): Promise<string | undefined> {
  if (sequence === 0) return firstHash;
  const [entry] = await db
    .select({ hash: journalEntries.hash })
    .from(journalEntries)
    .where(eq(journalEntries.sequence, sequence));
  return entry?.hash;
}

/** Whether the journal has this place: its number, with the same hash if the text tells one. */
export async function hasPosition(db: ReadDatabase, text: string): Promise<boolean> {
  const position = parsePosition(text);
  if (!position) return false;
  const hash = await findHash(db, position.sequence);
  return hash !== undefined && (position.stamp === undefined || stampOf(hash) === position.stamp);
}
