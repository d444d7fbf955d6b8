import { type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { locationVersions, suppliers } from "../endpoints/tables.ts";
import { isOutdated, LocationFilter, locationConditions } from "../message-types/index.ts";
import { organisationVersions } from "../organisations/tables.ts";
import { dayInDenmark } from "../validity/index.ts";

/** How many location numbers of a vendor in a region still receive a version. */
export type OutdatedLine = {
  supplierName: string | null;
  regionCode: string | null;
  messageType: string;
  version: string;
  locations: number;
};

const linesMost = 5000;

/** The actor's location numbers (`lv`) and the registrations (`r`) of theirs in a version (`phase`) that is being phased out. */
async function outdatedOf(ctx: Context): Promise<SQL> {
  const own = await locationConditions(ctx, LocationFilter.parse({}), "exact");
  return sql`(select distinct lv.gln, lv.supplier_id, lv.region_code, r.message_type, r.version
    from version_phases phase join registrations r on ${isOutdated(ctx.now)}
    join ${locationVersions} lv on lv.gln = r.gln where ${own}) own`;
}

/** How many of the actor's location numbers still receive a version that is being phased out. */
export async function countOutdated(ctx: Context): Promise<number> {
  if (ctx.actor.kind === "anonymous") return 0;
  const count = sql<number>`count(distinct own.gln)::int`;
  const [row] = await ctx.db.select({ count }).from(await outdatedOf(ctx));
  return row?.count ?? 0;
}

/** How many of the actor's location numbers still receive each version that is being phased out, by "type version". */
export async function listOutdated(ctx: Context): Promise<ReadonlyMap<string, number>> {
  if (ctx.actor.kind === "anonymous") return new Map();
  const pair = sql<string>`own.message_type || ' ' || own.version`;
  const count = sql<number>`count(*)::int`;
  const rows = await ctx.db
    .select({ pair, count })
    .from(await outdatedOf(ctx))
    .groupBy(sql`1`);
  return new Map(rows.map((row) => [row.pair, row.count]));
}

/** Who still receives what is being phased out: the actor's location numbers by type, version, vendor and region. */
export async function reportOutdated(ctx: Context): Promise<OutdatedLine[]> {
  if (ctx.actor.kind === "anonymous") return [];
  const day = dayInDenmark(ctx.now);
  const unitRegion = sql`(select min(u.region_code) from ${organisationVersions} u where u.gln = own.gln
    and u.superseded_at is null and u.valid_from <= ${day} and (u.valid_to is null or u.valid_to > ${day}))`;
  return await ctx.db
    .select({
      supplierName: suppliers.name,
      regionCode: sql<string | null>`coalesce(own.region_code, ${unitRegion})`,
      messageType: sql<string>`own.message_type`,
      version: sql<string>`own.version`,
      locations: sql<number>`count(*)::int`,
    })
    .from(await outdatedOf(ctx))
    .leftJoin(suppliers, sql`${suppliers.id} = own.supplier_id`)
    .groupBy(sql`1, 2, 3, 4`)
    .orderBy(sql`3, 4, 1 nulls last, 2 nulls last`)
    .limit(linesMost);
}
