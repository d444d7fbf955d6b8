import type { UnitState } from "@sor/core/register-log";
import {
  concept,
  metaOf,
  periodOf,
  type Resource,
  reference,
  unitIdentifiers,
  type Version,
  withoutEmpty,
} from "./parts.ts";
import { profiles, systems } from "./systems.ts";

/** That a unit lies at another than its parent (the geographical parent); undefined for a unit without one. */
export function organizationAffiliation(unit: UnitState, version: Version): Resource | undefined {
  const { row, isActive } = unit;
  if (!row.geographicalParentSorId) return undefined;
  return withoutEmpty({
    resourceType: "OrganizationAffiliation" as const,
    id: row.sorId,
    meta: metaOf(version, profiles.affiliation),
    identifier: unitIdentifiers(unit).slice(0, 1),
    active: isActive,
    period: periodOf(row.validFrom, row.validTo),
    organization: reference("Organization", row.geographicalParentSorId),
    participatingOrganization: reference("Organization", row.sorId),
    code: [concept(systems.affiliation, "geographical-parent", "anden geografisk mor")],
    location: [reference("Location", row.geographicalParentSorId)],
  });
}
