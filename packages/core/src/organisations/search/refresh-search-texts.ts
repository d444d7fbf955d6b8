import { isDeepStrictEqual } from "node:util";
import { sql } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../../database/index.ts";
import { loadPaths } from "../paths.ts";
import { type SearchFields, searchFieldsOfPath } from "./search-text.ts";

const unitsAtOnce = 4000;

type Row = { id: string; sorId: string; day: string; search: SearchFields };

/**
 * Updates the search fields of units, or of them and everything below them, from what they have and inherit. They are derived
 * from other rows and have no knowledge period, so they are changed in place.
 */
export async function refreshSearchTexts(
  tx: Transaction,
  sorIds: readonly string[],
  { reach, today }: { reach: "unit" | "subtree"; today: string },
): Promise<void> {
  const rows = await rowsToRefresh(tx, sorIds, { reach, today });
  for (const [day, ofDay] of Map.groupBy(rows, (row) => row.day)) {
    // In pages: a whole region at once would hold up everything else in this process.
    for (let from = 0; from < ofDay.length; from += unitsAtOnce) {
      await refreshRows(tx, ofDay.slice(from, from + unitsAtOnce), day);
    }
  }
}

async function refreshRows(tx: Transaction, rows: readonly Row[], day: string): Promise<void> {
  const ids = rows.map((row) => row.sorId);
  const paths = await loadPaths(tx, ids, { validAt: day, knownAt: null });
  const wanted = rows.flatMap(({ id, sorId, search }) => {
    const fields = searchFieldsOfPath(paths.get(sorId) ?? []);
    return isDeepStrictEqual(fields, search) ? [] : [{ id, ...fields }];
  });
  await writeSearchFields(tx, wanted);
}

/** Writes the search fields of version rows, by the rows' ids. */
export async function writeSearchFields(
  tx: Transaction,
  wanted: readonly (SearchFields & { id: string })[],
): Promise<void> {
  if (wanted.length === 0) return;
  await tx.execute(sql`
    update organisation_versions v set search_text = wanted."searchText", search_order = wanted."searchOrder",
      search_key = wanted."searchKey", search_kind = wanted."searchKind"
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
      as wanted(id uuid, "searchText" text, "searchOrder" text, "searchKey" text, "searchKind" text)
    where v.id = wanted.id`);
}

async function rowsToRefresh(
  db: ReadDatabase,
  sorIds: readonly string[],
  { reach, today }: { reach: "unit" | "subtree"; today: string },
): Promise<Row[]> {
  const below = sql`union
      select v.sor_id from descent join organisation_versions v
      on v.parent_sor_id = descent.sor_id and v.superseded_at is null`;
  return await db
    .select({
      id: sql<string>`v.id`,
      sorId: sql<string>`v.sor_id`,
      // The day to use: today if it is valid today, else its first or last day.
      day: sql<string>`greatest(v.valid_from, least(${today}::date, coalesce(v.valid_to - 1, ${today}::date)))::text`,
      search: {
        searchText: sql<string>`v.search_text`,
        searchOrder: sql<string>`v.search_order`,
        searchKey: sql<string>`v.search_key`,
        searchKind: sql<string | null>`v.search_kind`,
      },
    })
    .from(sql`(
      with recursive descent as (
        select unnest(${sql.param(sorIds)}::text[]) as sor_id ${reach === "subtree" ? below : sql``}
      ) select v.* from organisation_versions v join descent using (sor_id) where v.superseded_at is null
    ) as v`);
}
