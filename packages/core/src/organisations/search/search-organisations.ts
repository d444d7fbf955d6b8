import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Context } from "../../context.ts";
import { recogniseIdentifier } from "../../identifiers/index.ts";
import { decodeCursor, encodeCursor, type Page } from "../../paging.ts";
import { carries } from "../find-organisations.ts";
import { danishOrder } from "../fold.ts";
import { type At, heldAt, momentOf } from "../moment.ts";
import { SearchQuestion as Question, SearchKey, type SearchQuestion } from "../schemas.ts";
import { v } from "../summaries.ts";
import { organisationVersions } from "../tables.ts";
import { type FoundKey, readHits, type SearchHit, type Tier } from "./read-hits.ts";
import { hasWords, hasWordsLike } from "./search-conditions.ts";
import { typeCodesOfKind } from "./unit-kinds.ts";

/** A page of hits. `count`: how many there are, at most `countMax`; only on the first page, null on the others. */
export type SearchPage = Page<SearchHit> & { count: number | null };

/** Hits are counted so far; a `count` of this means that there may be more. */
export const countMax = 1000;

type Reading = { ctx: Context; question: Asked; at: At; allowed: SQL; cursor: SearchKey | undefined };
type Asked = ReturnType<typeof Question.parse>;

/**
 * Searches units by name, kind, town, post code, telephone or identifier on a day, best first: exact identifiers, then name
 * prefixes, then all words anywhere, and, when nothing else matches, similarly spelled words; each in Danish order. With `folded`,
 * units that share a location number are one hit under the name of its unit.
 */
export async function searchOrganisations(ctx: Context, input: SearchQuestion): Promise<SearchPage> {
  const question = Question.parse(input);
  const { q, after } = question;
  const at = momentOf(ctx, question);
  const allowed = and(heldAt("v", at), ...filterConditions(question)) as SQL;
  const cursor = after === undefined ? undefined : decodeCursor(SearchKey, after);
  const exact = exactTiers(q, question.folded);
  if (exact.length === 0) return { items: [], next: null, count: 0 };
  const reading: Reading = { ctx, question, at, allowed, cursor };
  if (cursor && cursor[0] >= exact.length) return await readTiers(reading, await withSpelling(ctx, exact, q));
  const page = await readTiers(reading, exact);
  if (page.items.length > 0 || cursor) return page;
  return await readTiers(reading, await withSpelling(ctx, exact, q), exact.length);
}

/** At most `limit` (default 10) units for autocompletion. */
export async function suggestOrganisations(
  ctx: Context,
  { q, limit = 10, validAt }: { q: string; limit?: number; validAt?: string | undefined },
): Promise<SearchHit[]> {
  const { items } = await searchOrganisations(ctx, { q, limit: Math.min(limit, 10), validAt });
  return items;
}

type Filters = Pick<Asked, "level" | "kind" | "typeCode" | "region" | "municipality">;

function filterConditions({ level, kind, typeCode, region, municipality }: Filters): (SQL | undefined)[] {
  return [
    level && eq(v.level, level),
    kind && inArray(v.searchKind, [...typeCodesOfKind(kind)]),
    typeCode === undefined ? undefined : eq(v.typeCode, typeCode),
    region === undefined ? undefined : eq(v.regionCode, region),
    municipality === undefined ? undefined : eq(v.municipalityCode, municipality),
  ];
}

const other = alias(organisationVersions, "other") as unknown as typeof v;

function exactTiers(q: string, isFolded: boolean): Tier[] {
  const own = isFolded ? sql`search_key` : sql`sor_id`;
  const tiers = recogniseIdentifier(q).map((found): Tier => {
    const where = carries(found.kind, found.value);
    const unless = sql`v.${own} not in (select other.${own} from organisation_versions other
      where other.superseded_at is null and ${carries(found.kind, found.value, other)})`;
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
  { ctx, question, at, allowed, cursor }: Reading,
  tiers: readonly Tier[],
  first = cursor?.[0] ?? 0,
): Promise<SearchPage> {
  const { limit, folded } = question;
  const wanted = Math.max(limit, cursor ? 0 : countMax);
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
    items: await readHits(ctx, { page, tiers, allowed, at, isFolded: folded }),
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
