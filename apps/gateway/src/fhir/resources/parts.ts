import type { PostalAddress, VirtualAddress } from "@sor/core/organisations";
import type { UnitState } from "@sor/core/register-log";
import { addDays } from "@sor/core/validity";
import { systems } from "./systems.ts";

export const resourceTypes = [
  "Organization",
  "Location",
  "HealthcareService",
  "OrganizationAffiliation",
  "Endpoint",
  "Device",
] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** A resource as FHIR's JSON has it, its elements in the order of their definition. */
export type Resource = {
  resourceType: ResourceType;
  id: string;
  meta: { versionId: string; lastUpdated: string; profile?: readonly string[]; tag?: readonly object[] };
  [element: string]: unknown;
};
/** Which version of its subject a resource is of. */
export type Version = { sequence: number; at: Date };

export const metaOf = ({ sequence, at }: Version, profile: readonly string[] = []): Resource["meta"] => ({
  versionId: String(sequence),
  lastUpdated: at.toISOString(),
  ...(profile.length > 0 && { profile: [...profile] }),
});

/** Without elements that have no value: FHIR has neither null nor empty lists. */
export function withoutEmpty<Value extends object>(value: Value): Value {
  const kept = Object.entries(value).filter(
    ([, each]) => each !== undefined && each !== null && !(Array.isArray(each) && each.length === 0),
  );
  return Object.fromEntries(kept) as Value;
}

export const coding = (system: string, code: string, display?: string | null) =>
  withoutEmpty({ system, code, display });
export const concept = (system: string, code: string, display?: string | null) => ({
  coding: [coding(system, code, display)],
});
export const reference = (type: ResourceType, id: string) => ({ reference: `${type}/${id}` });

/** The identifiers of a unit. */
export function unitIdentifiers({ row }: UnitState): object[] {
  const numbers: [string, string | null][] = [
    [systems.sor, row.sorId],
    [systems.cvr, row.cvr],
    [systems.provider, row.providerNumber],
    [systems.shak, row.shakCode],
    [systems.pNumber, row.pNumber],
  ];
  return numbers.flatMap(([system, value]) =>
    value === null ? [] : [{ ...(system === systems.sor && { use: "official" }), system, value }],
  );
}

/** An address of the unit itself; what it inherits stands on the unit that it is inherited from. */
export function addressOf(address: PostalAddress | null, type: "postal" | "physical"): object[] {
  if (address === null) return [];
  const { street, building, stairway, floor, suite, district, postCode, country } = address;
  const line = [street, building, stairway, floor, suite].filter((part) => part !== undefined).join(" ");
  return [
    withoutEmpty({
      use: "work",
      type,
      line: line === "" ? [] : [line],
      city: district,
      postalCode: postCode,
      country: country ?? "DK",
    }),
  ];
}

export function telecomOf(virtual: VirtualAddress | null): object[] {
  const points = [
    ["phone", virtual?.telephone],
    ["fax", virtual?.fax],
    ["email", virtual?.email],
    ["url", virtual?.website],
  ] as const;
  return points.flatMap(([system, value]) => (value === undefined ? [] : [{ system, value, use: "work" }]));
}

/** A period with its last day, as FHIR's end is inclusive. */
export const periodOf = (validFrom: string, validTo: string | null) =>
  withoutEmpty({ start: validFrom, end: validTo === null ? undefined : addDays(validTo, -1) });
