import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { etagOf } from "../etag.ts";
import { unitPathOfGln } from "../organisations/index.ts";
import type { Subject } from "../permissions/index.ts";
import { dayInDenmark, holdsAt, type Recut, type Validity } from "../validity/index.ts";
import type { LocationFields } from "./schemas.ts";
import { locations, locationVersions } from "./tables.ts";

export type LocationVersion = typeof locationVersions.$inferSelect;

/** A version's content, without identity, validity and knowledge period. */
export function locationContent(row: LocationVersion): LocationFields {
  return {
    onlyInternal: row.onlyInternal,
    nonActive: row.nonActive,
    systemId: row.systemId,
    supplierId: row.supplierId,
    netOperatorCode: row.netOperatorCode,
    regionCode: row.regionCode,
    ediAdministrator: row.ediAdministrator,
    note: row.note,
    successorGln: row.successorGln as LocationFields["successorGln"],
  };
}

/** All currently known versions of a location number, past and future, in order of time. Empty when it is not registered. */
export async function listLocationVersions(db: ReadDatabase, gln: string): Promise<LocationVersion[]> {
  return await db
    .select()
    .from(locationVersions)
    .where(and(eq(locationVersions.gln, gln), isNull(locationVersions.supersededAt)))
    .orderBy(asc(locationVersions.validFrom));
}

/** The version valid on the day, in order of time; else the next one, else the last one. */
export function presentVersion<Version extends Validity<string>>(
  versions: readonly Version[],
  day: string,
): Version | undefined {
  return (
    versions.find((version) => holdsAt<string>(version, day)) ??
    versions.find((version) => version.validFrom > day) ??
    versions.at(-1)
  );
}

/** The ETag of all currently known versions of a location number. */
export function locationEtag(versions: readonly LocationVersion[]): string {
  return etagOf(versions.map((version) => version.id));
}

/** State of a location number on a day. */
export type LocationStatus = "active" | "inactive" | "coming" | "closed";

/** Active, inactive (registered but not in use), not yet valid, or closed on the day. */
export function locationStatus(versions: readonly LocationVersion[], day: string): LocationStatus {
  const present = presentVersion(versions, day);
  if (!present || (present.validTo !== null && present.validTo <= day)) return "closed";
  if (present.validFrom > day) return "coming";
  return present.nonActive ? "inactive" : "active";
}

/** A location number as the subject of a permission, from its versions. */
export async function subjectOfLocation(
  db: ReadDatabase,
  gln: string,
  versions: readonly LocationVersion[],
  now: Date,
): Promise<Subject> {
  const day = dayInDenmark(now);
  const supplierId = presentVersion(versions, day)?.supplierId ?? undefined;
  const unitPath = await unitPathOfGln(db, gln, day);
  return { type: "location", id: gln, supplierId, glns: [gln], unitPath };
}

/** Locks a location number against other writers until the transaction ends; throws `not-found`. */
export async function lockLocation(tx: Transaction, gln: string): Promise<void> {
  const [found] = await tx.select().from(locations).where(eq(locations.gln, gln)).for("no key update");
  if (!found) throw new DomainError("not-found", "no-such-location", { gln });
}

/** Locks the location number and returns it as the subject of a permission; throws `not-found`. */
export async function locationSubject(tx: Transaction, gln: string, now: Date): Promise<Subject> {
  await lockLocation(tx, gln);
  return await subjectOfLocation(tx, gln, await listLocationVersions(tx, gln), now);
}

/** Stores the result of `recut` or `reconcile` for a location number's versions. */
export async function recordLocation(
  tx: Transaction,
  now: Date,
  gln: string,
  { superseded, added }: Recut<LocationVersion, LocationFields, string>,
): Promise<void> {
  const ids = superseded.map((row) => row.id);
  if (ids.length > 0) {
    await tx.update(locationVersions).set({ supersededAt: now }).where(inArray(locationVersions.id, ids));
  }
  if (added.length > 0) {
    await tx.insert(locationVersions).values(
      added.map(({ content, validFrom, validTo }) => ({
        id: newId(),
        gln,
        validFrom,
        validTo,
        recordedAt: now,
        ...content,
      })),
    );
  }
}
