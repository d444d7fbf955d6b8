import { type SQL, sql } from "drizzle-orm";
import type { ReadDatabase } from "../../database/index.ts";
import { recogniseIdentifier } from "../../identifiers/index.ts";
import { carries } from "../find-organisations.ts";
import { foldedWords, isSlipFor } from "../fold.ts";
import type { v } from "../summaries.ts";
import { searchWords } from "../tables.ts";

const wordsMax = 8;
/** Maximum number of known words tried for a misspelled one. */
const slipsMax = 6;

/** The words of a question, folded. Digits in groups are one number; the country code of a Danish telephone number is left out. */
function wordsOf(q: string): string[] {
  const isNumber = /^[+\d\s.-]+$/.test(q);
  return foldedWords(isNumber ? q.replace(/^\s*(?:\+|00)45/, "").replace(/\D/g, "") : q, wordsMax);
}

/** Condition that a version row's search text has all words; undefined for a text without any. */
export function hasWords(row: typeof v, q: string): SQL | undefined {
  const words = wordsOf(q).map((word) => contains(row, word));
  return words.length === 0 ? undefined : sql.join(words, sql` and `);
}

/** The same, each word also as known words of which it is likely a misspelling. */
export async function hasWordsLike(db: ReadDatabase, row: typeof v, q: string): Promise<SQL | undefined> {
  const conditions: SQL[] = [];
  for (const word of wordsOf(q)) {
    const words = [word, ...(await likelySlips(db, word))];
    // A word that contains another one matches nothing that the other does not.
    const shortest = words.filter((each) => !words.some((part) => part !== each && each.includes(part)));
    const alternatives = shortest.map((each) => contains(row, each));
    conditions.push(sql`(${sql.join(alternatives, sql` or `)})`);
  }
  return conditions.length === 0 ? undefined : sql.join(conditions, sql` and `);
}

/**
 * Condition that a version row is found by a text: by an identifier that the text can be, or by its words.
 * `spelling`: `likely` also tries what the words are likely misspellings of.
 */
export async function isFoundBy(
  db: ReadDatabase,
  row: typeof v,
  { q, spelling }: { q: string; spelling: "exact" | "likely" },
): Promise<SQL | undefined> {
  const words = spelling === "exact" ? hasWords(row, q) : await hasWordsLike(db, row, q);
  const identified = recogniseIdentifier(q).map(({ kind, value }) => carries(kind, value, row));
  const ways = [...identified, ...(words ? [words] : [])];
  return ways.length === 0 ? undefined : sql`(${sql.join(ways, sql` or `)})`;
}

// Folded words contain letters and digits only, so nothing needs escaping for LIKE.
function contains(row: typeof v, word: string): SQL {
  return sql`${row.searchText} like ${`%${word}%`}`;
}

async function likelySlips(db: ReadDatabase, word: string): Promise<string[]> {
  // Another number is not a misspelling.
  if (/\d/.test(word)) return [];
  const near = await db
    .select({ word: searchWords.word })
    .from(searchWords)
    .where(sql`${searchWords.word} % ${word}`)
    .orderBy(sql`similarity(${searchWords.word}, ${word}) desc`, searchWords.word)
    .limit(100);
  return near
    .map((known) => known.word)
    .filter((known) => isSlipFor(word, known))
    .slice(0, slipsMax);
}
