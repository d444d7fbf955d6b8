import { nameOfCode } from "@sor/core/code-lists";
import type { UnitState } from "@sor/core/register-log";
import {
  concept,
  metaOf,
  type Resource,
  reference,
  telecomOf,
  unitIdentifiers,
  type Version,
  withoutEmpty,
} from "./parts.ts";
import { profiles, systems } from "./systems.ts";

/** What a unit with clinical specialities offers; undefined for a unit without any. */
export function healthcareService(unit: UnitState, version: Version): Resource | undefined {
  const { row, isActive } = unit;
  if (row.specialities.length === 0) return undefined;
  return withoutEmpty({
    resourceType: "HealthcareService" as const,
    id: row.sorId,
    meta: metaOf(version, profiles.healthcareService),
    identifier: unitIdentifiers(unit),
    active: isActive,
    providedBy: reference("Organization", row.sorId),
    type: row.typeCode
      ? [concept(systems.snomed, row.typeCode, nameOfCode("entity-types", row.typeCode))]
      : [],
    specialty: row.specialities.map(({ code }) =>
      concept(systems.snomed, code, nameOfCode("specialities", code)),
    ),
    location: [reference("Location", row.sorId)],
    name: row.name,
    telecom: telecomOf(row.virtualAddress),
    endpoint: row.gln ? [reference("Endpoint", row.gln)] : [],
  });
}
