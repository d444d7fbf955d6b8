import { nameOfCode } from "@sor/core/code-lists";
import type { UnitState } from "@sor/core/register-log";
import {
  addressOf,
  concept,
  metaOf,
  periodOf,
  type Resource,
  reference,
  telecomOf,
  unitIdentifiers,
  type Version,
  withoutEmpty,
} from "./parts.ts";
import { extensions, profiles, systems } from "./systems.ts";

/** EER's codes of the levels, and mCSD's kinds of what an owner and an institution are. */
const levels = {
  owner: { code: "IE", place: "jurisdiction" },
  institution: { code: "SI", place: "facility" },
  unit: { code: "OE", place: undefined },
} as const;

/** The types of a unit: its level, its kind in SNOMED CT, and what it is to mCSD. */
export function unitTypes({ row, level }: UnitState): object[] {
  const { code, place } = levels[level];
  return [
    concept(systems.level, code),
    ...(row.typeCode
      ? [concept(systems.snomed, row.typeCode, nameOfCode("entity-types", row.typeCode))]
      : []),
    ...(place ? [concept(systems.place, place)] : []),
  ];
}

function extensionsOf({ row, firstFrom }: UnitState): object[] {
  const { organisationalLevelCode: code, organisationalLevelName: text, glnInherited } = row;
  const end = row.validTo === null ? null : row.validTo;
  return [
    { url: extensions.period, valuePeriod: periodOf(firstFrom, end) },
    ...((code ?? text)
      ? [
          {
            url: extensions.clinicalLevel,
            valueCodeableConcept: withoutEmpty({
              coding: code ? [withoutEmpty({ system: systems.snomed, code, display: text })] : [],
              text,
            }),
          },
        ]
      : []),
    ...(glnInherited ? [{ url: extensions.inheritsNumber, valueBoolean: true }] : []),
  ];
}

/** A unit as an Organization: its own facts, a reference to its parent, and one to its own location number. */
export function organization(unit: UnitState, version: Version): Resource {
  const { row, isActive } = unit;
  return withoutEmpty({
    resourceType: "Organization" as const,
    id: row.sorId,
    meta: metaOf(version, profiles.organization),
    extension: extensionsOf(unit),
    identifier: unitIdentifiers(unit),
    active: isActive,
    type: unitTypes(unit),
    name: row.name,
    telecom: telecomOf(row.virtualAddress),
    address: [...addressOf(row.postalAddress, "postal"), ...addressOf(row.visitingAddress, "physical")],
    partOf: row.parentSorId ? reference("Organization", row.parentSorId) : undefined,
    endpoint: row.gln ? [reference("Endpoint", row.gln)] : [],
  });
}
