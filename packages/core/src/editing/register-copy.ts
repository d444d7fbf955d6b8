import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { type LocationFields, type LocationVersion, locationContent } from "../endpoints/index.ts";
import { endpoints, locations, locationVersions, systems } from "../endpoints/tables.ts";
import {
  type RegistrationContent,
  type RegistrationRow,
  registrationContent,
} from "../message-types/index.ts";
import { registrations } from "../message-types/tables.ts";
import {
  type Attributes,
  attributesOf,
  type HeldSuccessor,
  type OrganisationLevel,
  type VersionRow,
  type Withdrawal,
} from "../organisations/index.ts";
import {
  organisationSuccessors,
  organisations,
  organisationVersions,
  organisationWithdrawals,
} from "../organisations/tables.ts";
import { dayInDenmark } from "../validity/index.ts";
import type { Draft } from "./draft.ts";

export type UnitDraft = Draft<VersionRow, Attributes, string> & {
  readonly sorId: string;
  readonly level: OrganisationLevel;
  readonly firstFrom: string;
  readonly isNew: boolean;
  /** Whether it was registered in error: none or one, as stored and as wanted. */
  readonly withdrawal: { readonly held: readonly Withdrawal[]; wanted: readonly Withdrawal[] };
};
/** The successors of a unit, as stored and as wanted, in order of their SOR ids. */
export type SuccessorDraft = {
  readonly sorId: string;
  readonly held: readonly HeldSuccessor[];
  wanted: readonly HeldSuccessor[];
  readonly touchedBy: number[];
};
export type LocationDraft = Draft<LocationVersion, LocationFields, string> & {
  readonly gln: string;
  readonly isNew: boolean;
};
export type RegistrationDraft = Draft<RegistrationRow, RegistrationContent, Date> & { readonly gln: string };
type EndpointFact = Pick<typeof endpoints.$inferSelect, "id" | "supplierId" | "state" | "drainThen">;

/**
 * The part of the register that a list of commands concerns, read once and changed in memory only. Reading it takes no lock, so
 * that a preview holds up nobody; `writeCopy` checks that it is still true before it writes.
 */
export type RegisterCopy = {
  readonly now: Date;
  /** The day in Denmark. */
  readonly today: string;
  readonly units: Map<string, UnitDraft>;
  readonly successors: Map<string, SuccessorDraft>;
  readonly locations: Map<string, LocationDraft>;
  readonly registrations: Map<string, RegistrationDraft>;
  readonly endpoints: Map<string, EndpointFact>;
  /** The supplier of each system. */
  readonly systems: Map<string, string>;
  /** New location numbers that must be allocated first, with their state. */
  readonly unallocated: Map<string, string>;
  /** Stored children of units whose validity shrank, by parent. */
  readonly children: Map<string, readonly string[]>;
  /** What was looked for, found or not, so that it is read once. */
  readonly asked: Record<"units" | "successors" | "locations" | "endpoints" | "systems", Set<string>>;
};

/** An empty copy at an instant. */
export function newCopy(now: Date): RegisterCopy {
  return {
    now,
    today: dayInDenmark(now),
    units: new Map(),
    successors: new Map(),
    locations: new Map(),
    registrations: new Map(),
    endpoints: new Map(),
    systems: new Map(),
    unallocated: new Map(),
    children: new Map(),
    asked: {
      units: new Set(),
      successors: new Set(),
      locations: new Set(),
      endpoints: new Set(),
      systems: new Set(),
    },
  };
}

/** The ids not asked for before, which are then marked as asked. */
function newOnes(asked: Set<string>, ids: Iterable<string>): string[] {
  const fresh = [...new Set(ids)].filter((id) => !asked.has(id));
  for (const id of fresh) asked.add(id);
  return fresh;
}

/** Reads the units with these SOR ids that the copy does not hold yet. */
export async function loadUnits(db: ReadDatabase, copy: RegisterCopy, ids: Iterable<string>): Promise<void> {
  const fresh = newOnes(copy.asked.units, ids);
  if (fresh.length === 0) return;
  const wanted = sql`any(${sql.param(fresh)}::text[])`;
  const identities = await db
    .select({ unit: organisations, withdrawn: organisationWithdrawals })
    .from(organisations)
    .leftJoin(organisationWithdrawals, eq(organisationWithdrawals.sorId, organisations.sorId))
    .where(sql`${organisations.sorId} = ${wanted}`);
  const rows = await db
    .select()
    .from(organisationVersions)
    .where(and(sql`${organisationVersions.sorId} = ${wanted}`, isNull(organisationVersions.supersededAt)))
    .orderBy(asc(organisationVersions.validFrom));
  const rowsOf = Map.groupBy(rows, (row) => row.sorId);
  for (const { unit, withdrawn } of identities) {
    const held = withdrawn ? [{ reason: withdrawn.reason, validTo: withdrawn.validTo }] : [];
    const own = rowsOf.get(unit.sorId) ?? [];
    const pieces = own.map((row) => ({
      validFrom: row.validFrom,
      validTo: row.validTo,
      content: attributesOf(row),
    }));
    const withdrawal = { held, wanted: held };
    copy.units.set(unit.sorId, { ...unit, isNew: false, rows: own, pieces, withdrawal, touchedBy: [] });
  }
}

/** Reads the successors of these units. */
export async function loadSuccessors(
  db: ReadDatabase,
  copy: RegisterCopy,
  ids: Iterable<string>,
): Promise<void> {
  const fresh = newOnes(copy.asked.successors, ids);
  if (fresh.length === 0) return;
  const rows = await db
    .select()
    .from(organisationSuccessors)
    .where(sql`${organisationSuccessors.fromSorId} = any(${sql.param(fresh)}::text[])`)
    .orderBy(sql`${organisationSuccessors.toSorId} collate "C"`);
  const successorsOf = Map.groupBy(rows, (row) => row.fromSorId);
  for (const sorId of fresh) {
    const held = (successorsOf.get(sorId) ?? []).map(({ toSorId, share }) => ({ sorId: toSorId, share }));
    copy.successors.set(sorId, { sorId, held, wanted: held, touchedBy: [] });
  }
}

/** Reads the location numbers with all that they receive and send. */
export async function loadLocations(
  db: ReadDatabase,
  copy: RegisterCopy,
  glns: Iterable<string>,
): Promise<void> {
  const fresh = newOnes(copy.asked.locations, glns);
  if (fresh.length === 0) return;
  const wanted = sql`any(${sql.param(fresh)}::text[])`;
  const known = await db.select().from(locations).where(sql`${locations.gln} = ${wanted}`);
  const versions = await db
    .select()
    .from(locationVersions)
    .where(and(sql`${locationVersions.gln} = ${wanted}`, isNull(locationVersions.supersededAt)))
    .orderBy(asc(locationVersions.validFrom));
  const received = await db
    .select()
    .from(registrations)
    .where(and(sql`${registrations.gln} = ${wanted}`, isNull(registrations.supersededAt)))
    .orderBy(asc(registrations.validFrom));
  const versionsOf = Map.groupBy(versions, (row) => row.gln);
  const receivedOf = Map.groupBy(received, (row) => row.gln);
  for (const { gln } of known) {
    const rows = versionsOf.get(gln) ?? [];
    const pieces = rows.map((row) => ({
      validFrom: row.validFrom,
      validTo: row.validTo,
      content: locationContent(row),
    }));
    copy.locations.set(gln, { gln, isNew: false, rows, pieces, touchedBy: [] });
    const own = receivedOf.get(gln) ?? [];
    copy.registrations.set(gln, {
      gln,
      rows: own,
      pieces: own.map((row) => ({
        validFrom: row.validFrom,
        validTo: row.validTo,
        content: registrationContent(row),
      })),
      touchedBy: [],
    });
  }
}

/** Reads the endpoints that registrations are pointed at. */
export async function loadEndpoints(
  db: ReadDatabase,
  copy: RegisterCopy,
  ids: Iterable<string>,
): Promise<void> {
  const fresh = newOnes(copy.asked.endpoints, ids);
  if (fresh.length === 0) return;
  const { id, supplierId, state, drainThen } = endpoints;
  const rows = await db
    .select({ id, supplierId, state, drainThen })
    .from(endpoints)
    .where(inArray(id, fresh));
  for (const row of rows) copy.endpoints.set(row.id, row);
}

/** Reads the systems that location numbers name. */
export async function loadSystems(
  db: ReadDatabase,
  copy: RegisterCopy,
  ids: Iterable<string>,
): Promise<void> {
  const fresh = newOnes(copy.asked.systems, ids);
  if (fresh.length === 0) return;
  const { id, supplierId } = systems;
  const rows = await db.select({ id, supplierId }).from(systems).where(inArray(id, fresh));
  for (const row of rows) copy.systems.set(row.id, row.supplierId);
}

/** The units that have a location number as their own in the wanted state and were touched, by number. */
export function unitsByGln(copy: RegisterCopy): Map<string, string[]> {
  const units = new Map<string, string[]>();
  for (const { sorId, pieces, touchedBy } of copy.units.values()) {
    if (touchedBy.length === 0) continue;
    for (const gln of new Set(pieces.flatMap((piece) => piece.content.gln ?? []))) {
      units.set(gln, [...(units.get(gln) ?? []), sorId]);
    }
  }
  return units;
}
