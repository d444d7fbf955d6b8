import { sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { decodeCursor, type Page, toPage } from "../../paging.ts";
import { CodeKey, ShakDifferencesQuestion } from "./schemas.ts";

/** What a code was on a day. */
type ShakFacts = { name: string; groups: string[] };

/** A code that is not the same on two days; null where it was not valid. */
export type ShakDifference = { code: string; before: ShakFacts | null; after: ShakFacts | null };

/** The codes that began, ended, or changed name or groups between two days, by code. */
export async function listShakDifferences(
  ctx: Context,
  input: ShakDifferencesQuestion,
): Promise<Page<ShakDifference>> {
  const { from, to, under, limit, after } = ShakDifferencesQuestion.parse(input);
  const key = after === undefined ? undefined : decodeCursor(CodeKey, after);
  const on = (day: string) => sql`(
    select s.code, s.name, s.groups from shak_codes s
    where s.valid_from <= ${day} and (s.valid_to is null or s.valid_to > ${day})
      ${under === undefined ? sql`` : sql`and s.code collate "C" like ${`${under}%`}`})`;
  const rows = await ctx.db
    .select({
      code: sql<string>`d.code`,
      nameBefore: sql<string | null>`d.name_before`,
      groupsBefore: sql<string[] | null>`d.groups_before`,
      nameAfter: sql<string | null>`d.name_after`,
      groupsAfter: sql<string[] | null>`d.groups_after`,
    })
    .from(sql`(
      select coalesce(a.code, b.code) collate "C" as code, b.name as name_before, b.groups as groups_before,
        a.name as name_after, a.groups as groups_after
      from ${on(from)} b full join ${on(to)} a on a.code = b.code
      where (a.name, a.groups) is distinct from (b.name, b.groups)) as d`)
    .where(key && sql`d.code > ${key[0]}`)
    .orderBy(sql`d.code`)
    .limit(limit + 1);
  const facts = (name: string | null, groups: string[] | null): ShakFacts | null =>
    name === null ? null : { name, groups: groups ?? [] };
  const page = toPage(rows, limit, (last) => [last.code]);
  const items = page.items.map((row) => ({
    code: row.code,
    before: facts(row.nameBefore, row.groupsBefore),
    after: facts(row.nameAfter, row.groupsAfter),
  }));
  return { items, next: page.next };
}
