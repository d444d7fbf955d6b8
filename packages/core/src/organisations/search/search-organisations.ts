import { and, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Context } from "../../context.ts";
import { DomainError } from "../../errors.ts";
import { recogniseIdentifier } from "../../identifiers/index.ts";
import { decodeCursor, encodeCursor, type Page } from "../../paging.ts";
import { carries } from "../find-organisations.ts";
import { danishOrder } from "../fold.ts";
import { type At, knownAtSql, momentOf } from "../moment.ts";
import { v } from "../summaries.ts";
import { organisationVersions } from "../tables.ts";
import { countFacets, type Facets } from "./facets.ts";
import { filterConditions, isShown } from "./filters.ts";
import { type FoundKey, readHits, type SearchHit, type Tier } from "./read-hits.ts";
import { SearchQuestion as Question, SearchKey, type SearchQuestion } from "./schemas.ts";
import { hasWords, hasWordsLike } from "./search-conditions.ts";

/**
 * A page of hits. `count`: how many there are, at most `countMax`; only on the first page, null on the others. `facets`: how many of
 * all hits have each value; only on the first page.
 */
export type SearchPage = Page<SearchHit> & { count: number | null; facets?: Facets };

/** Hits are counted so far; a `count` of this means that there may be more. */
export const countMax = 1000;

type Reading = {
  ctx: Context;
  question: Asked;
  at: At;
  allowed: SQL;
  cursor: SearchKey | undefined;
  /** Hits are counted so far. */
  counted: number;
};
type Asked = ReturnType<typeof Question.parse>;

/**
 * Searches units by name, kind, town, post code, telephone or identifier on a day, best first: exact identifiers, then name
 * prefixes, then all words anywhere, and, when nothing else matches, similarly spelled words; each in Danish order. Without a text
 * all units that the filters leave, in Danish order. With `folded`, units that share a location number are one hit under the name of
 * its unit.
 */
export async function searchOrganisations(ctx: Context, input: SearchQuestion): Promise<SearchPage> {
  return await search(ctx, Question.parse(input), countMax);
}

/** At most `limit` (default 10) units for autocompletion. */
export async function suggestOrganisations(
  ctx: Context,
  { q, limit = 10, validAt }: { q: string; limit?: number; validAt?: string | undefined },
): Promise<SearchHit[]> {
  const { items } = await search(ctx, Question.parse({ q, limit: Math.min(limit, 10), validAt }), 0);
  return items;
}

async function search(ctx: Context, question: Asked, counted: number): Promise<SearchPage> {
  const { q, after, folded, status } = question;
  if (folded && status !== "open") throw new DomainError("invalid", "only-open-units", { at: "folded" });
  const at = momentOf(ctx, question);
  const allowed = and(isShown(status, at), ...filterConditions(question, at)) as SQL;
  const cursor = after === undefined ? undefined : decodeCursor(SearchKey, after);
  const reading: Reading = { ctx, question, at, allowed, cursor, counted };
  if (q === undefined) return await withFacets(reading, [unasked], await readTiers(reading, [unasked]));
  const exact = exactTiers(q, folded, at);
  if (exact.length === 0) return { items: [], next: null, count: 0 };
  const spelled = async () => await withSpelling(ctx, exact, q);
  if (cursor && cursor[0] >= exact.length) return await readTiers(reading, await spelled());
  const page = await readTiers(reading, exact);
  if (page.items.length > 0 || cursor) return await withFacets(reading, exact, page);
  const tiers = await spelled();
  return await withFacets(reading, tiers, await readTiers(reading, tiers, exact.length));
}

const unasked: Tier = { match: "filters", matched: null, where: sql`true`, unless: sql`true` };

async function withFacets(
  { ctx, question, allowed, cursor }: Reading,
  tiers: readonly Tier[],
  page: SearchPage,
): Promise<SearchPage> {
  if (cursor || question.facets.length === 0) return page;
  const found = sql.join(
    tiers.map(({ where }) => where),
    sql` or `,
  );
  const where = and(allowed, sql`(${found})`) as SQL;
  return { ...page, facets: await countFacets(ctx, { where, names: question.facets }) };
}

const other = alias(organisationVersions, "other") as unknown as typeof v;

function exactTiers(q: string, isFolded: boolean, at: At): Tier[] {
  const own = isFolded ? sql`search_key` : sql`sor_id`;
  const tiers = recogniseIdentifier(q).map((found): Tier => {
    const where = carries(found.kind, found.value);
    const unless = sql`v.${own} not in (select other.${own} from organisation_versions other
      where ${knownAtSql(sql.identifier("other"), at.knownAt)} and ${carries(found.kind, found.value, other)})`;
    return { match: "identifier", matched: found, where, unless };
  });
  const words = hasWords(v, q);
  if (!words) return tiers;
  const begins = sql`${v.searchOrder} like ${`${danishOrder(q)}%`}`;
  return [
    ...tiers,
    { match: "prefix", matched: null, where: begins, unless: sql`not ${begins}` },
    { match: "words", matched: null, where: words, unless: sql`true` },
  ];
}

async function withSpelling(ctx: Context, tiers: readonly Tier[], q: string): Promise<Tier[]> {
  const where = await hasWordsLike(ctx.db, v, q);
  return [
    ...tiers,
    ...(where ? [{ match: "spelling", matched: null, where, unless: sql`true` } as const] : []),
  ];
}

async function readTiers(
  { ctx, question, at, allowed, cursor, counted }: Reading,
  tiers: readonly Tier[],
  first = cursor?.[0] ?? 0,
): Promise<SearchPage> {
  const { limit, folded } = question;
  const wanted = Math.max(limit, cursor ? 0 : counted);
  const found: FoundKey[] = [];
  for (let tier = first; tier < tiers.length && found.length <= wanted; tier += 1) {
    const key = cursor && cursor[0] === tier ? cursor : undefined;
    // Misspellings are tried only if nothing else was found, so nothing has to be excluded.
    const before = tiers[tier]?.match === "spelling" ? [] : tiers.slice(0, tier).map((each) => each.unless);
    const where = and(allowed, tiers[tier]?.where, ...before, key && isAfter(key, folded)) as SQL;
    const rows = await readKeys(ctx, { where, isFolded: folded, limit: wanted + 1 - found.length });
    found.push(...rows.map((row) => ({ ...row, tier })));
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = last && found.length > limit ? [last.tier, last.order, last.key, last.sorId] : null;
  return {
    items: await readHits(ctx, { page, tiers, allowed, at, isFolded: folded, status: question.status }),
    next: next && encodeCursor(next),
    count: cursor ? null : Math.min(found.length, countMax),
  };
}

function isAfter([, order, key, sorId]: SearchKey, isFolded: boolean): SQL {
  return isFolded
    ? sql`(${v.searchOrder}, ${v.searchKey}) > (${order}, ${key})`
    : sql`(${v.searchOrder}, ${v.searchKey}, ${v.sorId}) > (${order}, ${key}, ${sorId})`;
}

// Selects only columns of the order's index: the worst search reads that index once and no table.
async function readKeys(
  ctx: Context,
  { where, isFolded, limit }: { where: SQL; isFolded: boolean; limit: number },
): Promise<Omit<FoundKey, "tier">[]> {
  return await ctx.db
    .selectDistinct({
      order: v.searchOrder,
      key: v.searchKey,
      sorId: isFolded ? sql<string>`''` : v.sorId,
    })
    .from(v)
    .where(where)
    .orderBy(v.searchOrder, v.searchKey, ...(isFolded ? [] : [v.sorId]))
    .limit(limit);
}
