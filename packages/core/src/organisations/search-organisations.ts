import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { recogniseIdentifier } from "../identifiers/index.ts";
import { decodeCursor, encodeCursor, type Page } from "../paging.ts";
import { carries } from "./find-organisations.ts";
import { foldDanish, foldedWords, isSlipFor } from "./fold.ts";
import { type At, heldAt, momentOf } from "./moment.ts";
import {
  SearchQuestion as Question,
  SearchKey,
  type SearchQuestion,
  type UnitIdentifierKind,
} from "./schemas.ts";
import { type OrganisationSummary, o, type SummaryRow, summaryColumns, v, withPaths } from "./summaries.ts";
import { searchWords } from "./tables.ts";

/** Why a unit was found: by an exact identifier, by how its name begins, by words in it, or by a likely misspelling. */
export type SearchMatch = "identifier" | "prefix" | "words" | "spelling";

export type SearchHit = OrganisationSummary & {
  match: SearchMatch;
  /** The identifier that was recognised, for a match by identifier. */
  matched: { kind: UnitIdentifierKind; value: string } | null;
};

type Tier = { match: SearchMatch; matched: SearchHit["matched"]; where: SQL };
type Row = SummaryRow & { searchText: string };

const wordsMax = 8;
/** Known words that are tried in the place of one that was typed. */
const slipsMax = 6;

/**
 * Units by name, town, post code or identifier on a day, best first: exact identifiers, then names that begin so,
 * then all words anywhere, and, when nothing else fits, words that are spelt nearly so.
 */
export async function searchOrganisations(ctx: Context, input: SearchQuestion): Promise<Page<SearchHit>> {
  const { q, limit, after, validAt, ...filters } = Question.parse(input);
  const at = momentOf(ctx, { validAt });
  const cursor = after === undefined ? undefined : decodeCursor(SearchKey, after);
  const allowed = and(heldAt("v", at), ...filterConditions(filters)) as SQL;
  const exact = exactTiers(q);
  if (exact.length === 0) return { items: [], next: null };
  if (cursor && cursor[0] >= exact.length) {
    return await readTiers(ctx, { tiers: await withSpelling(ctx, exact, q), allowed, at, limit, cursor });
  }
  const page = await readTiers(ctx, { tiers: exact, allowed, at, limit, cursor });
  if (page.items.length > 0 || cursor) return page;
  const start: SearchKey = [exact.length, "", ""];
  return await readTiers(ctx, {
    tiers: await withSpelling(ctx, exact, q),
    allowed,
    at,
    limit,
    cursor: start,
  });
}

/** At most `limit` (10 unless told) units for a box that suggests while one types. */
export async function suggestOrganisations(
  ctx: Context,
  { q, limit = 10, validAt }: { q: string; limit?: number; validAt?: string | undefined },
): Promise<SearchHit[]> {
  const { items } = await searchOrganisations(ctx, { q, limit: Math.min(limit, 10), validAt });
  return items;
}

type Filters = Pick<SearchQuestion, "level" | "typeCode" | "region" | "municipality">;

function filterConditions({ level, typeCode, region, municipality }: Filters): (SQL | undefined)[] {
  return [
    level && eq(o.level, level),
    typeCode === undefined ? undefined : eq(v.typeCode, typeCode),
    region === undefined ? undefined : eq(v.regionCode, region),
    municipality === undefined ? undefined : eq(v.municipalityCode, municipality),
  ];
}

function exactTiers(q: string): Tier[] {
  const tiers = recogniseIdentifier(q).map(
    (found): Tier => ({ match: "identifier", matched: found, where: carries(found.kind, found.value) }),
  );
  const folded = foldDanish(q);
  if (folded === "") return tiers;
  tiers.push({
    match: "prefix",
    matched: null,
    where: sql`${v.searchText} collate "C" like ${`${folded}%`}`,
  });
  const words = foldedWords(q, wordsMax).map((word) => contains(word));
  tiers.push({ match: "words", matched: null, where: sql.join(words, sql` and `) });
  return tiers;
}

// Folded words hold letters and digits only, so nothing in them means anything to LIKE.
function contains(word: string): SQL {
  return sql`${v.searchText} like ${`%${word}%`}`;
}

async function withSpelling(ctx: Context, tiers: readonly Tier[], q: string): Promise<Tier[]> {
  const words = foldedWords(q, wordsMax);
  if (words.length === 0) return [...tiers];
  const conditions: SQL[] = [];
  for (const word of words) {
    const alternatives = [word, ...(await likelySlips(ctx, word))].map((each) => contains(each));
    conditions.push(sql`(${sql.join(alternatives, sql` or `)})`);
  }
  return [...tiers, { match: "spelling", matched: null, where: sql.join(conditions, sql` and `) }];
}

async function likelySlips(ctx: Context, word: string): Promise<string[]> {
  const near = await ctx.db
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

type Reading = {
  tiers: readonly Tier[];
  allowed: SQL;
  at: At;
  limit: number;
  cursor: SearchKey | undefined;
};

async function readTiers(
  ctx: Context,
  { tiers, allowed, at, limit, cursor }: Reading,
): Promise<Page<SearchHit>> {
  const found: { tier: number; row: Row }[] = [];
  for (let tier = cursor?.[0] ?? 0; tier < tiers.length && found.length <= limit; tier += 1) {
    const key = cursor && cursor[0] === tier ? cursor : undefined;
    const rows = await readTier(ctx, {
      where: and(allowed, tierCondition(tiers, tier), key && isAfter(key)) as SQL,
      limit: limit + 1 - found.length,
    });
    found.push(...rows.map((row) => ({ tier, row })));
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const summaries = await withPaths(
    ctx.db,
    page.map(({ row }) => row),
    at,
  );
  return {
    items: summaries.map(({ searchText, ...summary }, i) => {
      const tier = tiers[page[i]?.tier ?? 0];
      return { ...summary, match: tier?.match ?? "words", matched: tier?.matched ?? null };
    }),
    next:
      last && found.length > limit ? encodeCursor([last.tier, last.row.searchText, last.row.sorId]) : null,
  };
}

function tierCondition(tiers: readonly Tier[], tier: number): SQL {
  const [own, ...earlier] = [tiers[tier], ...tiers.slice(0, tier)].map((each) => each?.where ?? sql`false`);
  return sql.join([own ?? sql`false`, ...earlier.map((where) => sql`(${where}) is not true`)], sql` and `);
}

function isAfter([, searchText, sorId]: SearchKey): SQL {
  return sql`(${v.searchText} collate "C", ${v.sorId}) > (${searchText}, ${sorId})`;
}

async function readTier(ctx: Context, { where, limit }: { where: SQL; limit: number }): Promise<Row[]> {
  return await ctx.db
    .select({ ...summaryColumns, searchText: v.searchText })
    .from(v)
    .innerJoin(o, eq(o.sorId, v.sorId))
    .where(where)
    .orderBy(sql`${v.searchText} collate "C"`, v.sorId)
    .limit(limit);
}
