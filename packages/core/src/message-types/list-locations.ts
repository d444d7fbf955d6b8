import { and, asc, count, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type LocationStatus, locationStatus } from "../endpoints/index.ts";
import { suppliers, systems } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import type { organisationVersions } from "../organisations/tables.ts";
import { decodeCursor, encodeCursor } from "../paging.ts";
import { dayInDenmark } from "../validity/index.ts";
import { holdsOn, locationConditions, lv, type Spelling, unit } from "./location-conditions.ts";
import { type ListedRow, type ListQuestion, selectInOrder } from "./location-order.ts";
import { LocationCursor, LocationFilter } from "./schemas.ts";
import { registrations } from "./tables.ts";

/** A location number in a list: its present version, with the units that have it as their own. */
export type LocationItem = {
  gln: string;
  status: LocationStatus;
  onlyInternal: boolean;
  systemName: string | null;
  supplierName: string | null;
  validFrom: string;
  validTo: string | null;
  /** Name of its unit; of several, the first. */
  unitName: string | null;
  unitCount: number;
  /** The post districts of the units' own addresses, without duplicates. */
  towns: string[];
  /** Number of types in a version that it receives now. */
  typeCount: number;
};

/** `spelling`: `likely` when nothing had the words of the filter as they were written. */
export type LocationPage = { items: LocationItem[]; next: string | null; count: number; spelling: Spelling };

/**
 * The actor's location numbers: those of the actor's supplier, and those within the actor's grants (for the authority, all),
 * filtered and sorted, one page, with the total count.
 */
export async function listLocations(ctx: Context, filter: LocationFilter): Promise<LocationPage> {
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  const { where, total, spelling } = await matchesOf(ctx, filter);
  const ask: ListQuestion = {
    where,
    after: filter.after === undefined ? undefined : decodeCursor(LocationCursor, filter.after),
    isDescending: filter.sort.startsWith("-"),
    limit: filter.limit + 1,
    day: dayInDenmark(ctx.now),
  };
  const rows = await selectInOrder(ctx, filter.sort.replace("-", ""), ask, total);
  const shown = rows.slice(0, filter.limit);
  const last = shown.at(-1);
  const next = rows.length > filter.limit && last ? { key: last.key, gln: last.location.gln } : null;
  return {
    items: await describe(ctx, shown, ask.day),
    next: next && encodeCursor(next),
    count: total,
    spelling,
  };
}

type Matches = { where: SQL | undefined; total: number; spelling: Spelling };

async function matchesOf(
  ctx: Context,
  filter: LocationFilter,
  spelling: Spelling = "exact",
): Promise<Matches> {
  const where = await locationConditions(ctx, filter, spelling);
  const [counted] = await ctx.db.select({ total: count() }).from(lv).where(where);
  const total = counted?.total ?? 0;
  if (total > 0 || spelling === "likely" || filter.text === undefined) return { where, total, spelling };
  return await matchesOf(ctx, filter, "likely");
}

/** The location numbers of the actor that match the filter and come after one, in order; at most `limit`. */
export async function listGlns(
  ctx: Context,
  filter: LocationFilter,
  limit: number,
  after = "",
): Promise<string[]> {
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  const { where } = await matchesOf(ctx, filter);
  const beyond = and(where, gt(lv.gln, after));
  const rows = await ctx.db.select({ gln: lv.gln }).from(lv).where(beyond).orderBy(asc(lv.gln)).limit(limit);
  return rows.map(({ gln }) => gln);
}

/** The suppliers of those of the location numbers that are the actor's and valid now, null for none, by number. */
export async function suppliersOfGlns(
  ctx: Context,
  glns: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const own = await locationConditions(ctx, LocationFilter.parse({}), "exact");
  const given = sql`${lv.gln} = any(${sql.param([...glns])}::text[])`;
  const rows = await ctx.db
    .select({ gln: lv.gln, supplierId: lv.supplierId })
    .from(lv)
    .where(and(own, given));
  return new Map(rows.map(({ gln, supplierId }) => [gln, supplierId]));
}

async function describe(ctx: Context, rows: readonly ListedRow[], day: string): Promise<LocationItem[]> {
  const glns = rows.map((row) => row.location.gln);
  if (glns.length === 0) return [];
  const [units, types, systemNames, supplierNames] = await Promise.all([
    unitsOf(ctx, glns, day),
    typeCounts(ctx, glns),
    namesOf(
      ctx,
      systems,
      rows.map((row) => row.location.systemId),
    ),
    namesOf(
      ctx,
      suppliers,
      rows.map((row) => row.location.supplierId),
    ),
  ]);
  return rows.map(({ location }) => ({
    gln: location.gln,
    status: locationStatus([location], day),
    onlyInternal: location.onlyInternal,
    systemName: systemNames.get(location.systemId ?? "") ?? null,
    supplierName: supplierNames.get(location.supplierId ?? "") ?? null,
    validFrom: location.validFrom,
    validTo: location.validTo,
    unitName: units.get(location.gln)?.[0]?.name ?? null,
    unitCount: units.get(location.gln)?.length ?? 0,
    towns: townsOf(units.get(location.gln) ?? []),
    typeCount: types.get(location.gln) ?? 0,
  }));
}

type Placed = Pick<
  typeof organisationVersions.$inferSelect,
  "name" | "postalAddress" | "visitingAddress" | "activityAddress"
>;

async function unitsOf(ctx: Context, glns: string[], day: string): Promise<Map<string, Placed[]>> {
  const { gln, name, postalAddress, visitingAddress, activityAddress } = unit;
  const rows = await ctx.db
    .select({ gln, name, postalAddress, visitingAddress, activityAddress })
    .from(unit)
    .where(and(inArray(unit.gln, glns), holdsOn(unit, day)))
    .orderBy(asc(unit.name), asc(unit.sorId));
  return Map.groupBy(rows, (row) => row.gln ?? "");
}

function townsOf(units: readonly Placed[]): string[] {
  const towns = units.flatMap(({ postalAddress, visitingAddress, activityAddress }) =>
    [visitingAddress, postalAddress, activityAddress].map((address) => address?.district),
  );
  return [...new Set(towns)].filter((town) => town !== undefined);
}

async function typeCounts(ctx: Context, glns: string[]): Promise<Map<string, number>> {
  const instant = ctx.now.toISOString();
  const holds = sql`${registrations.validFrom} <= ${instant}::timestamptz and (${registrations.validTo} is null or ${registrations.validTo} > ${instant}::timestamptz)`;
  const received = and(
    inArray(registrations.gln, glns),
    isNull(registrations.supersededAt),
    eq(registrations.direction, "receive"),
    holds,
  );
  const rows = await ctx.db
    .select({ gln: registrations.gln, types: count() })
    .from(registrations)
    .where(received)
    .groupBy(registrations.gln);
  return new Map(rows.map((row) => [row.gln, row.types]));
}

async function namesOf(
  ctx: Context,
  table: typeof systems | typeof suppliers,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  if (wanted.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: table.id, name: table.name })
    .from(table)
    .where(inArray(table.id, wanted));
  return new Map(rows.map((row) => [row.id, row.name]));
}
