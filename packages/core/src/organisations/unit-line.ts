import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { newId, type ReadDatabase, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Subject } from "../permissions/index.ts";
import { dayInDenmark, type Recut } from "../validity/index.ts";
import { unitPathOf } from "./paths.ts";
import type { OrganisationLevel } from "./schemas.ts";
import { organisations, organisationVersions } from "./tables.ts";
import { type Attributes, attributesOf, type VersionRow } from "./version-attributes.ts";

/** A unit's identity with everything now known of it, past and future, in order of time. */
export type UnitLine = { sorId: string; level: OrganisationLevel; firstFrom: string; versions: VersionRow[] };

/** What `recut` and `reconcile` find for a unit. */
export type UnitRecut = Recut<VersionRow, Attributes, string>;

/** Waits until no other transaction writes units, and keeps others out until this one ends. */
export async function lockTree(tx: Transaction): Promise<void> {
  await waitForLock(tx, "unit-tree");
}

/** Everything now known of a unit; undefined when it is not registered. */
export async function findUnitLine(db: ReadDatabase, sorId: string): Promise<UnitLine | undefined> {
  const [unit] = await db.select().from(organisations).where(eq(organisations.sorId, sorId));
  if (!unit) return undefined;
  const versions = await db
    .select()
    .from(organisationVersions)
    .where(and(eq(organisationVersions.sorId, sorId), isNull(organisationVersions.supersededAt)))
    .orderBy(asc(organisationVersions.validFrom));
  return { ...unit, versions };
}

/** Everything now known of a unit; throws `not-found`. */
export async function getUnitLine(db: ReadDatabase, sorId: string): Promise<UnitLine> {
  const line = await findUnitLine(db, sorId);
  if (!line) throw new DomainError("not-found", "There is no such unit.", { sorId });
  return line;
}

/** A registered unit as the subject of a permission. */
export async function unitSubject(db: ReadDatabase, sorId: string, now: Date): Promise<Subject> {
  const line = await findUnitLine(db, sorId);
  const glns = line?.versions.flatMap((version) => version.gln ?? []) ?? [];
  const unitPath = await unitPathOf(db, sorId, dayInDenmark(now));
  return { type: "unit", id: sorId, unitPath, glns: [...new Set(glns)] };
}

/**
 * The instant to record at: now, or the newest instant already recorded when that is later (another process's clock
 * may run ahead), so that no version is superseded before it was known.
 */
export function recordingInstant(now: Date, versions: readonly VersionRow[]): Date {
  return new Date(Math.max(now.getTime(), ...versions.map((version) => version.recordedAt.getTime())));
}

/** Supersedes and adds a unit's versions. The search text is refreshed apart, by `refreshSearchTexts`. */
export async function recordUnit(
  tx: Transaction,
  at: Date,
  sorId: string,
  { superseded, added }: UnitRecut,
): Promise<void> {
  const ids = superseded.map((row) => row.id);
  if (ids.length > 0) {
    await tx
      .update(organisationVersions)
      .set({ supersededAt: at })
      .where(inArray(organisationVersions.id, ids));
  }
  if (added.length === 0) return;
  await tx.insert(organisationVersions).values(
    added.map(({ content, validFrom, validTo }) => ({
      id: newId(),
      sorId,
      validFrom,
      validTo,
      recordedAt: at,
      searchText: "",
      ...content,
    })),
  );
}

/** What the journal keeps of a change to a unit: the periods that went and the periods that came. */
export function unitFacts({ superseded, added }: UnitRecut): { before: unknown; after: unknown } {
  const went = superseded.map((row) => ({
    validFrom: row.validFrom,
    validTo: row.validTo,
    ...attributesOf(row),
  }));
  const came = added.map(({ content, validFrom, validTo }) => ({ validFrom, validTo, ...content }));
  return {
    before: went.length > 0 ? { versions: went } : undefined,
    after: { versions: came },
  };
}
