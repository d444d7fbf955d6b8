import { and, eq, inArray, isNotNull, isNull, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Context } from "../context.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { glnsOfSubtree, isFoundBy } from "../organisations/index.ts";
import { organisationVersions } from "../organisations/tables.ts";
import { danishZone, dayInDenmark, startOfDayInDenmark } from "../validity/index.ts";
import { isReceiving } from "./list-registrations.ts";
import { type LocationScope, locationScope } from "./location-scope.ts";
import type { LocationFilter } from "./schemas.ts";

/** The version of a location number that a list shows. */
export const lv = alias(locationVersions, "lv");
/** A unit that has a location number as its own. */
export const unit = alias(organisationVersions, "unit");

/** Condition that a version row is valid on the day, as known now. */
export function holdsOn(row: typeof lv | typeof unit, day: string): SQL {
  return sql`(${row.supersededAt} is null and ${row.validFrom} <= ${day} and (${row.validTo} is null or ${row.validTo} > ${day}))`;
}

/** Whether the words of a filter are also tried as misspellings. */
export type Spelling = "exact" | "likely";

/** Conditions that select one version row for each location number of the actor that matches the filter. */
export async function locationConditions(
  ctx: Context,
  filter: LocationFilter,
  spelling: Spelling,
): Promise<SQL | undefined> {
  const day = dayInDenmark(ctx.now);
  return and(
    isNull(lv.supersededAt),
    await withinScope(ctx, locationScope(ctx.actor, ctx.now), day),
    withStatus(filter.status, day),
    filter.systemId === undefined ? undefined : eq(lv.systemId, filter.systemId),
    filter.operator === undefined ? undefined : eq(lv.netOperatorCode, filter.operator),
    filter.endpointId === undefined ? undefined : atEndpoint(filter.endpointId, ctx.now),
    withUnit(filter, day),
    filter.changedSince === undefined ? undefined : changedSince(filter.changedSince),
    filter.text === undefined ? undefined : await withText(ctx, { text: filter.text, spelling }, day),
    withType(filter, ctx.now),
    filter.phasingOut === undefined ? undefined : withOutdated(filter, ctx.now),
    withProfile(filter),
  );
}

async function withinScope(ctx: Context, scope: LocationScope, day: string): Promise<SQL | undefined> {
  const limit = scope.limitedTo === null ? undefined : anyOf([...scope.limitedTo]);
  if (scope.isEverything) return limit;
  const below = await Promise.all(scope.sorIds.map((sorId) => glnsOfSubtree(ctx.db, sorId, day)));
  const glns = [...scope.glns, ...below.flat()];
  const granted = [
    ...(scope.supplierIds.length > 0 ? [inArray(lv.supplierId, scope.supplierIds)] : []),
    ...(glns.length > 0 ? [anyOf(glns)] : []),
  ];
  return granted.length === 0 ? sql`false` : and(or(...granted), limit);
}

const anyOf = (glns: string[]) => sql`${lv.gln} = any(${sql.param(glns)}::text[])`;

function withStatus(status: LocationFilter["status"], day: string): SQL | undefined {
  const other = alias(locationVersions, "other");
  const none = (when: SQL) =>
    sql`not exists (select 1 from ${locationVersions} other where ${other.gln} = ${lv.gln} and ${other.supersededAt} is null and ${when})`;
  switch (status) {
    case "current":
      return holdsOn(lv, day);
    case "active":
      return and(holdsOn(lv, day), eq(lv.nonActive, false));
    case "inactive":
      return and(holdsOn(lv, day), eq(lv.nonActive, true));
    case "closing":
      return and(holdsOn(lv, day), isNotNull(lv.validTo));
    case "coming":
      return and(sql`${lv.validFrom} > ${day}`, none(sql`${other.validFrom} < ${lv.validFrom}`));
    case "closed":
      return and(sql`${lv.validTo} <= ${day}`, none(sql`${other.validFrom} > ${lv.validFrom}`));
  }
}

/** The location numbers that begin with the digits, and those of units that a search for the text finds. */
async function withText(
  { db }: Context,
  { text, spelling }: { text: string; spelling: Spelling },
  day: string,
): Promise<SQL | undefined> {
  const compact = text.replace(/\s/g, "");
  const begins = /^\d{3,13}$/.test(compact)
    ? sql`${lv.gln} between ${compact.padEnd(13, "0")} and ${compact.padEnd(13, "9")}`
    : undefined;
  const found = await isFoundBy(db, unit as unknown as Parameters<typeof isFoundBy>[1], {
    q: text,
    spelling,
  });
  const ofUnits =
    found &&
    sql`${lv.gln} in (select ${unit.searchKey} from ${organisationVersions} unit where ${holdsOn(unit, day)} and ${found})`;
  return or(begins, ofUnits);
}

function withType({ messageType, version, received }: LocationFilter, now: Date): SQL | undefined {
  if (messageType === undefined) return undefined;
  const ofVersion = version === undefined ? sql`` : sql`and r.version = ${version}`;
  const isWith = received === "yes" ? sql`in` : sql`not in`;
  return sql`${lv.gln} ${isWith} (
    select r.gln from registrations r
    where r.message_type = ${messageType} ${ofVersion} and ${isReceiving(sql`r`, now)})`;
}

function withProfile({ profileId, deviates }: LocationFilter): SQL | undefined {
  if (profileId === undefined && deviates === undefined) return undefined;
  const isThat = profileId === undefined ? sql`true` : sql`held.profile_id = ${profileId}`;
  const differs = deviates === undefined ? sql`true` : isDeviating;
  return sql`exists (select 1 from profile_locations held join type_profiles profile on profile.id = held.profile_id
    where held.gln = ${lv.gln} and ${isProfileOf} and ${isThat} and ${differs})`;
}

/** Condition that a profile is that of the location number `lv`: a former vendor's counts no more. */
export const isProfileOf: SQL = sql`(profile.supplier_id is null or profile.supplier_id = ${lv.supplierId})`;

const isSame = sql`(t.profile_id = held.profile_id and r.message_type = t.message_type and r.version = t.version
  and r.direction = t.direction)`;
const isOpen = sql`(r.gln = held.gln and r.superseded_at is null and r.valid_to is null)`;

/** Condition that what a location number has without an end is not exactly what its profile `held` has. */
export const isDeviating: SQL = sql`(exists (select 1 from profile_types t where t.profile_id = held.profile_id
    and not exists (select 1 from registrations r where ${isOpen} and ${isSame}))
  or exists (select 1 from registrations r where ${isOpen}
    and not exists (select 1 from profile_types t where ${isSame})))`;

function withOutdated({ messageType, version }: LocationFilter, now: Date): SQL {
  const ofType = messageType === undefined ? sql`` : sql`and phase.message_type = ${messageType}`;
  const ofVersion = version === undefined ? sql`` : sql`and phase.version = ${version}`;
  return sql`${lv.gln} in (
    select r.gln from version_phases phase join registrations r on ${isOutdated(now)}
    where true ${ofType} ${ofVersion})`;
}

/**
 * Condition that the registration `r` is of the version of `phase`, which is being phased out, and received now without an end
 * before the version's own.
 */
export const isOutdated = (now: Date): SQL => sql`(r.message_type = phase.message_type
  and r.version = phase.version and phase.phased_out_from <= ${dayInDenmark(now)} and ${isReceiving(sql`r`, now)}
  and (r.valid_to is null or r.valid_to > (phase.ends_on::timestamp at time zone ${danishZone})))`;

const atEndpoint = (endpointId: string, now: Date) => sql`${lv.gln} in (
  select r.gln from registrations r where r.endpoint_id = ${endpointId} and r.superseded_at is null
    and (r.valid_to is null or r.valid_to > ${now.toISOString()}::timestamptz))`;

function withUnit({ region, municipality, unitType }: LocationFilter, day: string): SQL | undefined {
  const asked = and(
    region === undefined ? undefined : eq(unit.regionCode, region),
    municipality === undefined ? undefined : eq(unit.municipalityCode, municipality),
    unitType === undefined ? undefined : eq(unit.typeCode, unitType),
  );
  if (!asked) return undefined;
  const held = sql`${lv.gln} in (select ${unit.gln} from ${organisationVersions} unit
    where ${unit.gln} is not null and ${holdsOn(unit, day)} and ${asked})`;
  const isOnlyRegion = municipality === undefined && unitType === undefined;
  return region !== undefined && isOnlyRegion ? or(eq(lv.regionCode, region), held) : held;
}

const changedSince = (day: string) => sql`${lv.gln} in (
  select e.subject_id from journal_entries e
  where e.subject_type = 'location' and e.outcome = 'done' and e.at >= ${startOfDayInDenmark(day).toISOString()}::timestamptz)`;
