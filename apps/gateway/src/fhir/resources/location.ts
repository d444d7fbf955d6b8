import type { UnitState } from "@sor/core/register-log";
import { unitTypes } from "./organization.ts";
import {
  addressOf,
  metaOf,
  type Resource,
  reference,
  telecomOf,
  unitIdentifiers,
  type Version,
  withoutEmpty,
} from "./parts.ts";
import { profiles } from "./systems.ts";

/** Where a unit is: it has the id of its Organization. The address is the activity address, or the visiting or postal one. */
export function location(unit: UnitState, version: Version): Resource {
  const { row, isActive } = unit;
  const [address] = addressOf(row.activityAddress ?? row.visitingAddress ?? row.postalAddress, "physical");
  return withoutEmpty({
    resourceType: "Location" as const,
    id: row.sorId,
    meta: metaOf(version, profiles.location),
    identifier: unitIdentifiers(unit),
    status: isActive ? "active" : "inactive",
    name: row.name,
    mode: "instance",
    type: unitTypes(unit),
    telecom: telecomOf(row.virtualAddress),
    address,
    managingOrganization: reference("Organization", row.sorId),
    partOf: row.parentSorId ? reference("Location", row.parentSorId) : undefined,
    endpoint: row.gln ? [reference("Endpoint", row.gln)] : [],
  });
}
