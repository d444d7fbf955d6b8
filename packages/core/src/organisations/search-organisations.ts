import { and, eq, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
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
import { type OrganisationSummary, selectSummaryRows, v, withPaths } from "./summaries.ts";
import { organisationVersions, searchWords } from "./tables.ts";

/** How a unit was found: by an exact identifier, by a prefix of its name, by words in it, or by a likely misspelling. */
export type SearchMatch = "identifier" | "prefix" | "words" | "spelling";

export type SearchHit = OrganisationSummary & {
  match: SearchMatch;
  /** The identifier that was recognised, for a match by identifier. */
  matched: { kind: UnitIdentifierKind; value: string } | null;
};

/** One tier of matches; later tiers exclude `unless`, which this tier has already returned. */
type Tier = { match: SearchMatch; matched: SearchHit["matched"]; where: SQL; unless: SQL };
type Key = { id: string; sorId: string; searchText: string };

const wordsMax = 8;
/** Maximum number of known words tried for a misspelled one. */
const slipsMax = 6;

/**
 * Searches units by name, town, post code or identifier on a day, best first: exact identifiers, then name prefixes, then all
 * words anywhere, and, when nothing else matches, similarly spelled words.
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

/** At most `limit` (default 10) units for autocompletion. */
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
    level && eq(v.level, level),
    typeCode === undefined ? undefined : eq(v.typeCode, typeCode),
    region === undefined ? undefined : eq(v.regionCode, region),
    municipality === undefined ? undefined : eq(v.municipalityCode, municipality),
  ];
}

const other = alias(organisationVersions, "other") as unknown as typeof v;

function exactTiers(q: string): Tier[] {
  const tiers = recogniseIdentifier(q).map((found): Tier => {
    const where = carries(found.kind, found.value);
    const unless = sql`${v.id} not in (select other.id from organisation_versions other
      where other.superseded_at is null and ${carries(found.kind, found.value, other)})`;
    return { match: "identifier", matched: found, where, unless };
  });
  const folded = foldDanish(q);
  if (folded === "") return tiers;
  const begins = sql`${v.searchText} like ${`${folded}%`}`;
  const words = sql.join(
    foldedWords(q, wordsMax).map((word) => contains(word)),
    sql` and `,
  );
  return [
    ...tiers,
    { match: "prefix", matched: null, where: begins, unless: sql`not ${begins}` },
    { match: "words", matched: null, where: words, unless: sql`true` },
  ];
}

// Folded words contain letters and digits only, so nothing needs escaping for LIKE.
function contains(word: string): SQL {
  return sql`${v.searchText} like ${`%${word}%`}`;
}

async function withSpelling(ctx: Context, tiers: readonly Tier[], q: string): Promise<Tier[]> {
  const typed = foldedWords(q, wordsMax);
  if (typed.length === 0) return [...tiers];
  const conditions: SQL[] = [];
  for (const word of typed) {
    const words = [word, ...(await likelySlips(ctx, word))];
    // A word that contains another one matches nothing that the other does not.
    const shortest = words.filter((each) => !words.some((part) => part !== each && each.includes(part)));
    const alternatives = shortest.map((each) => contains(each));
    conditions.push(sql`(${sql.join(alternatives, sql` or `)})`);
  }
  const where = sql.join(conditions, sql` and `);
  return [...tiers, { match: "spelling", matched: null, where, unless: sql`true` }];
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
  const found: (Key & { tier: number })[] = [];
  for (let tier = cursor?.[0] ?? 0; tier < tiers.length && found.length <= limit; tier += 1) {
    const key = cursor && cursor[0] === tier ? cursor : undefined;
    // Misspellings are tried only if nothing else was found, so nothing has to be excluded.
    const before = tiers[tier]?.match === "spelling" ? [] : tiers.slice(0, tier).map((each) => each.unless);
    const rows = await readKeys(ctx, {
      where: and(allowed, tiers[tier]?.where, ...before, key && isAfter(key)) as SQL,
      limit: limit + 1 - found.length,
    });
    found.push(...rows.map((row) => ({ ...row, tier })));
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await toHits(ctx, { page, tiers, at }),
    next: last && found.length > limit ? encodeCursor([last.tier, last.searchText, last.sorId]) : null,
  };
}

function isAfter([, searchText, sorId]: SearchKey): SQL {
  return sql`(${v.searchText}, ${v.sorId}) > (${searchText}, ${sorId})`;
}

// Selects only columns of the order's index: the worst search reads that index once and no table.
async function readKeys(ctx: Context, { where, limit }: { where: SQL; limit: number }): Promise<Key[]> {
  return await ctx.db
    .select({ id: v.id, sorId: v.sorId, searchText: v.searchText })
    .from(v)
    .where(where)
    .orderBy(v.searchText, v.sorId)
    .limit(limit);
}

type Found = { page: readonly (Key & { tier: number })[]; tiers: readonly Tier[]; at: At };

async function toHits(ctx: Context, { page, tiers, at }: Found): Promise<SearchHit[]> {
  if (page.length === 0) return [];
  const ids = page.map((key) => key.id);
  const rows = await selectSummaryRows(ctx.db, {
    where: sql`${v.id} = any(${sql.param(ids)}::uuid[])`,
    orderBy: [],
    limit: ids.length,
  });
  const summaries = new Map((await withPaths(ctx.db, rows, at)).map((row) => [row.sorId, row]));
  return page.flatMap(({ sorId, tier }) => {
    const summary = summaries.get(sorId);
    const { match = "words", matched = null } = tiers[tier] ?? {};
    return summary ? [{ ...summary, match, matched }] : [];
  });
}
