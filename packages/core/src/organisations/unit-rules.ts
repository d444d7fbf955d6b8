import { compareEnds, type Validity } from "../validity/index.ts";
import type { OrganisationLevel } from "./schemas.ts";
import type { Attributes } from "./version-attributes.ts";

/** A rule that a unit violates: the attribute and the rule's code (the words stand in `changesets/fault-words`). */
export type UnitFault = {
  field: keyof Attributes;
  fault:
    | "attribute-wrong-level"
    | "own-and-inherited"
    | "owner-inherits"
    | "owner-has-parent"
    | "parent-missing"
    | "parent-unknown"
    | "parent-wrong-level"
    | "parent-not-valid";
};

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
  const misplaced: UnitFault["field"][] = [
    ...(level === "owner" ? notOnOwner : []),
    ...(level === "unit" ? [] : onlyOnUnit),
  ].filter((field) => attributes[field] !== null);
  if (level !== "unit" && attributes.specialities.length > 0) misplaced.push("specialities");
  if (level !== "unit" && attributes.localAttributes.length > 0) misplaced.push("localAttributes");
  const faults = misplaced.map((field): UnitFault => ({ field, fault: "attribute-wrong-level" }));
  if (attributes.gln !== null && attributes.glnInherited) {
    faults.push({ field: "glnInherited", fault: "own-and-inherited" });
  }
  if (level === "owner" && attributes.glnInherited) {
    faults.push({ field: "glnInherited", fault: "owner-inherits" });
  }
  return faults;
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
  const fault = parentRule(level, piece, parent);
  return fault && { field: "parentSorId", fault };
}

function parentRule(
  level: OrganisationLevel,
  piece: UnitPiece,
  parent: ParentLine,
): UnitFault["fault"] | undefined {
  const isAlone = piece.content.parentSorId === null;
  if (level === "owner") return isAlone ? undefined : "owner-has-parent";
  if (isAlone) return "parent-missing";
  if (!parent) return "parent-unknown";
  if (!parentLevels[level].includes(parent.level)) return "parent-wrong-level";
  return isCovered(piece, parent.periods) ? undefined : "parent-not-valid";
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
