import { compareEnds, type Validity } from "../validity/index.ts";
import type { OrganisationLevel } from "./schemas.ts";
import type { Attributes } from "./version-attributes.ts";

/** A violated rule of a unit: the attribute, the rule's short name, and an English message. */
export type UnitFault = { field: keyof Attributes | "level"; fault: string; message: string };

/** A period of a unit and its content. */
export type UnitPiece = Validity<string> & { content: Attributes };

type ParentLine = { level: OrganisationLevel; periods: readonly Validity<string>[] } | undefined;

const parentLevels: Readonly<Record<OrganisationLevel, readonly OrganisationLevel[]>> = {
  owner: [],
  institution: ["owner"],
  unit: ["institution", "unit"],
};

// SOR XML version 1: attributes that the schema allows for some levels only.
const notOnOwner = [
  "pharmacyIdentifier",
  "shakCode",
  "visitingAddress",
  "geographicalParentRelation",
  "geographicalParentSorId",
] as const;
const onlyOnUnit = [
  "providerNumber",
  "localCode",
  "activityAddress",
  "hasAmbulantActivity",
  "admitsPatients",
  "isReportingLevel",
] as const;

/** All rules that a unit of the level violates with these attributes, regardless of its parent. */
export function attributeFaults(level: OrganisationLevel, attributes: Attributes): UnitFault[] {
  const faults: UnitFault[] = [];
  const misplaced = [...(level === "owner" ? notOnOwner : []), ...(level === "unit" ? [] : onlyOnUnit)];
  for (const field of misplaced) {
    if (attributes[field] !== null) faults.push(misplacedFault(field, level));
  }
  if (level !== "unit" && attributes.specialities.length > 0)
    faults.push(misplacedFault("specialities", level));
  if (level !== "unit" && attributes.localAttributes.length > 0) {
    faults.push(misplacedFault("localAttributes", level));
  }
  if (attributes.gln !== null && attributes.glnInherited) {
    const message = "A unit has its own location number or inherits one, not both.";
    faults.push({ field: "glnInherited", fault: "own-and-inherited", message });
  }
  if (level === "owner" && attributes.glnInherited) {
    const message = "An institution owner has nobody to inherit a location number from.";
    faults.push({ field: "glnInherited", fault: "no-parent", message });
  }
  return faults;
}

function misplacedFault(field: UnitFault["field"], level: OrganisationLevel): UnitFault {
  return { field, fault: "wrong-level", message: `${field} does not belong on the level ${level}.` };
}

/**
 * The rule about its parent that a unit violates, or undefined: the parent must exist, be of the level above, and be valid for
 * the whole period.
 */
export function parentFault(
  level: OrganisationLevel,
  piece: UnitPiece,
  parent: ParentLine,
): UnitFault | undefined {
  const field = "parentSorId";
  if (level === "owner") {
    if (piece.content.parentSorId === null) return undefined;
    return { field, fault: "owner-has-parent", message: "An institution owner has no parent." };
  }
  if (piece.content.parentSorId === null) {
    return { field, fault: "missing", message: "Only an institution owner stands without a parent." };
  }
  if (!parent) return { field, fault: "unknown", message: "The parent is not registered." };
  if (!parentLevels[level].includes(parent.level)) {
    const message = `The parent of the level ${level} is ${parentLevels[level].join(" or ")}, not ${parent.level}.`;
    return { field, fault: "wrong-level", message };
  }
  if (!isCovered(piece, parent.periods)) {
    return { field, fault: "not-valid", message: "The parent does not hold in the whole period." };
  }
  return undefined;
}

/** Whether the period is completely covered by the others. */
export function isCovered(period: Validity<string>, others: readonly Validity<string>[]): boolean {
  let reached: string | null = period.validFrom;
  for (const other of others.toSorted((a, b) => compareEnds(a.validFrom, b.validFrom))) {
    if (reached === null || compareEnds(reached, period.validTo) >= 0) break;
    if (compareEnds(other.validFrom, reached) <= 0 && compareEnds(reached, other.validTo) < 0) {
      reached = other.validTo;
    }
  }
  return reached === null || (period.validTo !== null && reached >= period.validTo);
}
