import { and, asc, eq, isNull } from "drizzle-orm";
import { type ReadDatabase, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { etagOf } from "../etag.ts";
import type { Recut } from "../validity/index.ts";
import type { OrganisationLevel } from "./schemas.ts";
import { organisations, organisationVersions } from "./tables.ts";
import { type Attributes, attributesOf, type VersionRow } from "./version-attributes.ts";

/** A unit's identity with all its currently known versions, past and future, in order of time. */
export type UnitLine = { sorId: string; level: OrganisationLevel; firstFrom: string; versions: VersionRow[] };

/** The result of `recut` and `reconcile` for a unit. */
export type UnitRecut = Recut<VersionRow, Attributes, string>;

/** Takes the lock for writing units and holds it until the transaction ends. */
export async function lockTree(tx: Transaction): Promise<void> {
  await waitForLock(tx, "unit-tree");
}

/** All currently known versions of a unit; undefined when it is not registered. */
async function findUnitLine(db: ReadDatabase, sorId: string): Promise<UnitLine | undefined> {
  const [unit] = await db.select().from(organisations).where(eq(organisations.sorId, sorId));
  if (!unit) return undefined;
  const versions = await db
    .select()
    .from(organisationVersions)
    .where(and(eq(organisationVersions.sorId, sorId), isNull(organisationVersions.supersededAt)))
    .orderBy(asc(organisationVersions.validFrom));
  return { ...unit, versions };
}

/** All currently known versions of a unit; throws `not-found`. */
export async function getUnitLine(db: ReadDatabase, sorId: string): Promise<UnitLine> {
  const line = await findUnitLine(db, sorId);
  if (!line) throw new DomainError("not-found", "no-such-unit", { sorId });
  return line;
}

/**
 * The instant to record at: now, or the newest recorded instant when that is later (another process's clock may be ahead), so
 * that no version is superseded before it was recorded.
 */
export function recordingInstant(now: Date, versions: readonly VersionRow[]): Date {
  return new Date(Math.max(now.getTime(), ...versions.map((version) => version.recordedAt.getTime())));
}

/** The content of a journal entry for a change to a unit: the removed and the added periods. */
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

/** The ETag of all currently known versions of a unit. */
export function unitEtag(versions: readonly { id: string }[]): string {
  return etagOf(versions.map((version) => version.id));
}

const passedOn = ["parentSorId", "gln", "glnInherited", "regionCode", "municipalityCode"] as const;

/** Whether a change affects the units below: what they inherit, or their place in the tree. */
export function reachesBelow({ superseded, added }: UnitRecut): boolean {
  const facts = (list: readonly Attributes[]) =>
    new Set(list.map((each) => JSON.stringify(passedOn.map((name) => each[name]))));
  const before = facts(superseded);
  const after = facts(added.map((piece) => piece.content));
  return before.size !== after.size || [...after].some((each) => !before.has(each));
}
