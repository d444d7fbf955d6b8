import { eq, inArray, type SQL, sql } from "drizzle-orm";
import { type At, heldAt, knownAtSql } from "../moment.ts";
import { v } from "../summaries.ts";
import type { SearchQuestion } from "./schemas.ts";
import { typeCodesOfKind } from "./unit-kinds.ts";

type Filters = Omit<SearchQuestion, "q" | "folded" | "facets" | "limit" | "after">;

/**
 * Condition that a version row is the one that is shown of its unit: for an open unit the period of the day, for a closed one its last
 * before the day, for a coming one its first.
 */
export function isShown(status: Filters["status"], at: At): SQL {
  const known = knownAtSql(sql.identifier("v"), at.knownAt);
  const hasOther = (days: SQL) => sql`exists (select from organisation_versions w
    where w.sor_id = v.sor_id and ${knownAtSql(sql.identifier("w"), at.knownAt)} and ${days})`;
  const closed = sql`(v.valid_to <= ${at.validAt} and ${known}
    and not ${hasOther(sql`w.valid_from > v.valid_from and w.valid_from <= ${at.validAt}`)})`;
  const coming = sql`(v.valid_from > ${at.validAt} and ${known}
    and not ${hasOther(sql`w.valid_from < v.valid_from`)})`;
  if (status === "closed") return closed;
  if (status === "coming") return coming;
  return status === "all" ? sql`(${heldAt("v", at)} or ${closed} or ${coming})` : heldAt("v", at);
}

/** The conditions of the filters of a search on the version row that is shown. */
export function filterConditions(filters: Filters, at: At): (SQL | undefined)[] {
  const { kind, postCode, subtreeOf, changedSince } = filters;
  const same = (
    [
      [v.level, filters.level],
      [v.typeCode, filters.typeCode],
      [v.regionCode, filters.region],
      [v.municipalityCode, filters.municipality],
      [v.sorId, filters.sorId],
      [v.gln, filters.gln],
      [v.shakCode, filters.shak],
      [v.providerNumber, filters.providerNumber],
      [v.cvr, filters.cvr],
      [v.pNumber, filters.pNumber],
      [v.parentSorId, filters.parent],
    ] as const
  ).map(([column, value]) => (value === undefined ? undefined : eq(column, value)));
  return [
    ...same,
    kind && inArray(v.searchKind, [...typeCodesOfKind(kind)]),
    postCode === undefined ? undefined : hasPostCode(postCode, at),
    subtreeOf === undefined ? undefined : isInSubtree(subtreeOf, at),
    changedSince &&
      sql`${v.sorId} in (select c.sor_id from organisation_versions c
      where c.recorded_at >= ${changedSince.toISOString()}::timestamptz)`,
  ];
}

// The search text has the post codes of the effective addresses, and may have the same digits in a name: the addresses of the unit
// and of those above it are asked too.
function hasPostCode(postCode: string, at: At): SQL {
  return sql`(${v.searchText} like ${`%${postCode}%`} and ${v.searchText} ~ ${`\\m${postCode}\\M`} and exists (
    with recursive climb as (
      select v.sor_id, v.parent_sor_id, ${inAddressOf("v", postCode)} as is_there, 0 as depth
      union all
      select a.sor_id, a.parent_sor_id, ${inAddressOf("a", postCode)}, climb.depth + 1
      from climb join organisation_versions a on a.sor_id = climb.parent_sor_id and ${heldAt("a", at)}
      where climb.depth < 20
    ) select from climb where is_there))`;
}

function inAddressOf(row: string, postCode: string): SQL {
  const name = sql.identifier(row);
  return sql`coalesce(${postCode} in (${name}.postal_address->>'postCode', ${name}.visiting_address->>'postCode',
    ${name}.activity_address->>'postCode'), false)`;
}

function isInSubtree(sorId: string, at: At): SQL {
  return sql`${v.sorId} in (
    with recursive down as (
      select ${sorId}::text as sor_id, 0 as depth
      union all
      select d.sor_id, down.depth + 1
      from down join organisation_versions d on d.parent_sor_id = down.sor_id and ${heldAt("d", at)}
      where down.depth < 50
    ) select sor_id from down)`;
}
