import { and, asc, eq, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Context } from "../../context.ts";
import { DomainError } from "../../errors.ts";
import { decodeCursor, type Page, toPage } from "../../paging.ts";
import { dayInDenmark } from "../../validity/index.ts";
import { findOrganisations } from "../find-organisations.ts";
import { foldDanish, foldedWords } from "../fold.ts";
import type { Moment } from "../schemas.ts";
import { type OrganisationSummary, v } from "../summaries.ts";
import { shakCodes } from "../tables.ts";
import {
  CodeKey,
  type ShakListQuestion as ShakListInput,
  ShakListQuestion,
  type ShakSearchQuestion as ShakSearchInput,
  ShakSearchQuestion,
} from "./schemas.ts";

/** One period of a SHAK code; `validTo` is the first day on which it is no longer valid. */
export type ShakPeriod = typeof shakCodes.$inferSelect;

/** A code in a list: the period valid on the day, or else the last one. */
export type ShakItem = ShakPeriod & { isValid: boolean; childCount: number };

const s = alias(shakCodes, "s");

/** A code with all its periods, oldest first, and its existing ancestors. Throws `not-found`. */
export async function getShakCode(
  ctx: Context,
  { code }: { code: string },
): Promise<{ code: string; periods: ShakPeriod[]; ancestors: { code: string; name: string }[] }> {
  const periods = await ctx.db.select().from(s).where(eq(s.code, code)).orderBy(asc(s.validFrom));
  if (periods.length === 0) throw new DomainError("not-found", "no-such-shak-code", { code });
  const above = [4, 6].filter((length) => length < code.length).map((length) => code.slice(0, length));
  const ancestors = await ctx.db
    .selectDistinctOn([s.code], { code: s.code, name: s.name })
    .from(s)
    .where(sql`${s.code} = any(${sql.param(above)}::text[])`)
    .orderBy(s.code, sql`${s.validFrom} desc`);
  return { code, periods, ancestors };
}

/**
 * The direct children of a code, or the hospitals for null, by code. Codes not valid on the day are left out unless `historic` is
 * "include". A ward whose department has no code of its own is a child of its hospital.
 */
export async function listShakChildren(ctx: Context, input: ShakListInput): Promise<Page<ShakItem>> {
  const { code, validAt, historic, limit, after } = ShakListQuestion.parse(input);
  const where = code === null ? sql`length(s.code) = 4` : isBelow(code);
  return await listShak(ctx, { where, day: validAt ?? dayInDenmark(ctx.now), historic, limit, after });
}

/** Codes by a prefix of the code or by words of the name, sorted by code. */
export async function searchShakCodes(ctx: Context, input: ShakSearchInput): Promise<Page<ShakItem>> {
  const { q, validAt, historic, limit, after } = ShakSearchQuestion.parse(input);
  const folded = foldDanish(q).replaceAll(" ", "").toUpperCase();
  const words = foldedWords(q, 8).map((word) => sql`s.search_text like ${`%${word}%`}`);
  if (words.length === 0) return { items: [], next: null };
  const byCode = sql`s.code collate "C" like ${`${folded}%`}`;
  const where = sql`(${byCode} or (${sql.join(words, sql` and `)}))`;
  return await listShak(ctx, { where, day: validAt ?? dayInDenmark(ctx.now), historic, limit, after });
}

/** Codes by their numbers, as they are in a list; those not valid on the day only with "include". */
export async function findShakCodes(
  ctx: Context,
  {
    codes,
    validAt,
    historic,
  }: { codes: readonly string[]; validAt?: string | undefined; historic: "include" | "leave-out" },
): Promise<ShakItem[]> {
  if (codes.length === 0) return [];
  const day = validAt ?? dayInDenmark(ctx.now);
  const listing = { day, historic, limit: codes.length, after: undefined };
  return (await listShak(ctx, { ...listing, where: inArray(s.code, [...codes]) })).items;
}

function isBelow(code: string): SQL {
  const inside = sql`s.code collate "C" like ${`${code.replaceAll(/[%_\\]/g, "")}%`}`;
  if (code.length >= 6) return sql`${inside} and length(s.code) = 7`;
  return sql`${inside} and (length(s.code) = 6 or (length(s.code) = 7 and not exists (
    select 1 from shak_codes department where department.code = left(s.code, 6))))`;
}

type Listing = {
  where: SQL;
  day: string;
  historic: "include" | "leave-out";
  limit: number;
  after: string | undefined;
};

async function listShak(
  ctx: Context,
  { where, day, historic, limit, after }: Listing,
): Promise<Page<ShakItem>> {
  const key = after === undefined ? undefined : decodeCursor(CodeKey, after);
  const isValid = sql<boolean>`(s.valid_from <= ${day} and (s.valid_to is null or s.valid_to > ${day}))`;
  const rows = await ctx.db
    .selectDistinctOn([sql`s.code collate "C"`], {
      code: s.code,
      validFrom: s.validFrom,
      validTo: s.validTo,
      lastChanged: s.lastChanged,
      kind: s.kind,
      name: s.name,
      searchText: s.searchText,
      groups: s.groups,
      mark: s.mark,
      isValid,
    })
    .from(s)
    .where(
      and(where, historic === "include" ? undefined : isValid, key && sql`s.code collate "C" > ${key[0]}`),
    )
    .orderBy(sql`s.code collate "C"`, sql`${isValid} desc`, sql`s.valid_from desc`)
    .limit(limit + 1);
  const page = toPage(rows, limit, (last) => [last.code]);
  const counts = await countBelow(
    ctx,
    page.items.map((item) => item.code),
    isValid,
    historic,
  );
  return { ...page, items: page.items.map((item) => ({ ...item, childCount: counts.get(item.code) ?? 0 })) };
}

// A ward whose department has no code of its own is below its hospital. The departments are read once, as a hash.
const hasDepartment = sql`left(s.code, 6) in (select code from shak_codes where length(code) = 6)`;

/** Condition that a code is within the first and last of some codes, which an index answers. */
function isWithin(codes: readonly string[]): SQL {
  const sorted = codes.toSorted((a, b) => (a < b ? -1 : 1));
  return sql`s.code collate "C" >= ${sorted[0] ?? ""} and s.code collate "C" < ${`${sorted.at(-1) ?? ""}\uD7A3`}`;
}

async function countBelow(
  ctx: Context,
  codes: readonly string[],
  isValid: SQL<boolean>,
  historic: Listing["historic"],
): Promise<Map<string, number>> {
  if (codes.length === 0) return new Map();
  const below = sql`(
    select distinct s.code, case when length(s.code) = 7 and ${hasDepartment}
      then left(s.code, 6) else left(s.code, 4) end as parent
    from shak_codes s where length(s.code) > 4 and ${isWithin(codes)}
      ${historic === "include" ? sql`` : sql`and ${isValid}`}) as below`;
  const rows = await ctx.db
    .select({ code: sql<string>`below.parent`, count: sql<number>`count(*)::int` })
    .from(below)
    .where(sql`below.parent = any(${sql.param(codes)}::text[])`)
    .groupBy(sql`below.parent`);
  return new Map(rows.map((row) => [row.code, row.count]));
}

const belowMany = 5000;

/**
 * The direct children of some codes at once, by code, in two queries; 5,000 of them at most. A code without any is absent. Codes
 * that are not valid on the day only with "include".
 */
export async function listShakBelow(
  ctx: Context,
  {
    codes,
    validAt,
    historic,
  }: { codes: readonly string[]; validAt?: string | undefined; historic: Listing["historic"] },
): Promise<Map<string, ShakItem[]>> {
  if (codes.length === 0) return new Map();
  const among = (length: number) => sql`left(s.code, ${length}) = any(${sql.param(codes)}::text[])`;
  const where = sql`(${isWithin(codes)} and ((length(s.code) = 6 and ${among(4)}) or (length(s.code) = 7 and ${among(6)})
    or (length(s.code) = 7 and ${among(4)} and not ${hasDepartment})))`;
  const day = validAt ?? dayInDenmark(ctx.now);
  const { items } = await listShak(ctx, { where, day, historic, limit: belowMany, after: undefined });
  return Map.groupBy(items, ({ code }) => {
    const department = code.slice(0, 6);
    return code.length === 7 && codes.includes(department) ? department : code.slice(0, 4);
  });
}

/** The units that have a SHAK code on the day (SORLS ShakSorMap). */
export async function listOrganisationsOfShak(
  ctx: Context,
  { code, ...moment }: { code: string } & Moment,
): Promise<OrganisationSummary[]> {
  return await findOrganisations(ctx, { kind: "shak", value: code, ...moment });
}

/** A SHAK code of a unit, and the days on which the unit has it; `validTo` is the first on which it has it no longer. */
export type ShakOfUnit = { code: string; validFrom: string; validTo: string | null };

/** All present, past and coming SHAK codes of a unit, with the days (SORLS SorShakMap). */
export async function listShakOfOrganisation(
  ctx: Context,
  { sorId }: { sorId: string },
): Promise<ShakOfUnit[]> {
  return (await shakOfUnits(ctx, [sorId])).get(sorId) ?? [];
}

/** The same for some units at once; a unit that never had a code is absent. */
export async function shakOfUnits(
  ctx: Context,
  sorIds: readonly string[],
): Promise<Map<string, ShakOfUnit[]>> {
  const rows = await ctx.db
    .select({ sorId: v.sorId, code: v.shakCode, validFrom: v.validFrom, validTo: v.validTo })
    .from(v)
    .where(and(inArray(v.sorId, [...sorIds]), isNotNull(v.shakCode), sql`${v.supersededAt} is null`))
    .orderBy(asc(v.validFrom));
  const found = new Map<string, ShakOfUnit[]>();
  for (const { sorId, code, validFrom, validTo } of rows) {
    const joined = found.get(sorId) ?? [];
    found.set(sorId, joined);
    const last = joined.at(-1);
    if (last && last.code === code && last.validTo === validFrom) last.validTo = validTo;
    else joined.push({ code: code ?? "", validFrom, validTo });
  }
  return found;
}
