import { and, inArray, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { type At, heldAt } from "../moment.ts";
import type { OrganisationLevel, UnitIdentifierKind } from "../schemas.ts";
import { type OrganisationSummary, selectSummaryRows, v, withPaths } from "../summaries.ts";
import { isShown } from "./filters.ts";
import type { UnitStatus } from "./schemas.ts";

/**
 * How a unit was found: by an exact identifier, by a prefix of its name, by words in it, by a likely misspelling, or, when no text was
 * asked for, by the filters alone.
 */
export type SearchMatch = "identifier" | "prefix" | "words" | "spelling" | "filters";

/** A unit that is part of a hit, and whether it is one that was asked for. */
export type FoldedUnit = {
  sorId: string;
  name: string;
  level: OrganisationLevel;
  typeCode: string | null;
  isMatch: boolean;
};

export type SearchHit = OrganisationSummary & {
  match: SearchMatch;
  /** The identifier that was recognised, for a match by identifier. */
  matched: { kind: UnitIdentifierKind; value: string } | null;
  /** Whether this unit itself is what was asked for, or only one of `units` is. */
  isMatch: boolean;
  /** The other units of a folded hit, those that were asked for first; not all of very many. */
  units: FoldedUnit[];
  /** How many units there are beside this one. */
  unitCount: number;
};

/** One tier of matches; later tiers exclude `unless`, which this tier has already returned. */
export type Tier = { match: SearchMatch; matched: SearchHit["matched"]; where: SQL; unless: SQL };

/** The key of a hit; `sorId` is empty for a folded one. */
export type FoundKey = { order: string; key: string; sorId: string; tier: number };

const unitsMax = 12;

type Found = {
  page: readonly FoundKey[];
  tiers: readonly Tier[];
  /** What every hit must satisfy: the day and the filters. */
  allowed: SQL;
  at: At;
  isFolded: boolean;
  status: UnitStatus;
};
type Member = FoldedUnit & { order: string; key: string; count: number };

const nameOf = ({ order, key }: { order: string; key: string }) => `${order}\n${key}`;

/** The hits of a page of keys, in its order. */
export async function readHits(ctx: Context, found: Found): Promise<SearchHit[]> {
  const { page, tiers, at, isFolded, status } = found;
  if (page.length === 0) return [];
  const members = isFolded ? await readMembers(ctx, found) : new Map<string, Member[]>();
  const headOf = (key: FoundKey) => (isFolded ? members.get(nameOf(key))?.[0]?.sorId : key.sorId);
  const heads = page.flatMap((key) => headOf(key) ?? []);
  const rows = await selectSummaryRows(ctx.db, {
    where: and(inArray(v.sorId, heads), isShown(status, at)) as SQL,
    orderBy: [],
    limit: heads.length,
  });
  const summaries = new Map((await withPaths(ctx.db, rows, at)).map((row) => [row.sorId, row]));
  return page.flatMap((key) => {
    const [head, ...others] = members.get(nameOf(key)) ?? [];
    const summary = summaries.get(headOf(key) ?? "");
    const { match = "words", matched = null } = tiers[key.tier] ?? {};
    const units = others.map(({ order, key: _, count, ...unit }) => unit);
    const { isMatch, count } = head ?? { isMatch: true, count: 1 };
    return summary ? [{ ...summary, match, matched, isMatch, units, unitCount: count - 1 }] : [];
  });
}

/** The units of each folded hit: the one under whose name it stands first, then those that were asked for. */
async function readMembers(
  ctx: Context,
  { page, tiers, allowed, at }: Found,
): Promise<Map<string, Member[]>> {
  const tiersUsed = [...new Set(page.map((key) => key.tier))];
  const asked = tiersUsed.map((tier) => sql`(wanted.tier = ${tier} and ${tiers[tier]?.where ?? sql`true`})`);
  const list = JSON.stringify(
    page.map(({ order, key, tier }) => ({ wanted_order: order, wanted_key: key, tier })),
  );
  const rows = await ctx.db
    .select({
      sorId: sql<string>`r.sor_id`,
      name: sql<string>`r.name`,
      level: sql<OrganisationLevel>`r.level`,
      typeCode: sql<string | null>`r.type_code`,
      isMatch: sql<boolean>`r.is_match`,
      order: sql<string>`r.wanted_order`,
      key: sql<string>`r.wanted_key`,
      count: sql<number>`r.units::int`,
    })
    .from(sql`(
      with members as (
        select v.sor_id, v.name, v.level, v.type_code, v.search_text, wanted_order, wanted_key,
          (${allowed} and (${sql.join(asked, sql` or `)})) as is_match,
          count(*) over (partition by wanted_key, wanted_order) as units,
          row_number() over (partition by wanted_key, wanted_order
            order by v.level <> 'institution', v.gln is distinct from v.search_key, v.search_text, v.sor_id) as place
        from jsonb_to_recordset(${list}::jsonb) as wanted(wanted_order text, wanted_key text, tier int)
        join organisation_versions v
          on v.search_key = wanted_key and v.search_order = wanted_order and ${heldAt("v", at)}
      )
      select *, row_number() over (partition by wanted_key, wanted_order
        order by place > 1, not is_match, search_text, sor_id) as rank from members
    ) as r`)
    .where(sql`r.rank <= ${unitsMax + 1}`)
    .orderBy(sql`r.rank`);
  return Map.groupBy(rows, nameOf);
}
