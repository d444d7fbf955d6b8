import type { LocationState, UnitState } from "@sor/core/register-log";
import { expect, test } from "vitest";
import { fhirXml } from "../write-xml.ts";
import { device } from "./device.ts";
import { endpoint } from "./endpoint.ts";
import { healthcareService } from "./healthcare-service.ts";
import { location } from "./location.ts";
import { organization } from "./organization.ts";
import { organizationAffiliation } from "./organization-affiliation.ts";
import type { Resource } from "./parts.ts";

const version = { sequence: 7, at: new Date("2026-06-01T10:00:00Z") };
const bare = {
  sorId: "698131000016001",
  name: "Øjenklinik",
  validFrom: "2020-01-01",
  validTo: null,
  specialities: [],
  ...{ postalAddress: null, visitingAddress: null, activityAddress: null, virtualAddress: null },
  ...{ cvr: null, pNumber: null, providerNumber: null, shakCode: null, gln: null, typeCode: null },
} as unknown as UnitState["row"];
const full = {
  ...bare,
  ...{
    parentSorId: "311000016009",
    typeCode: "22232009",
    cvr: "29190623",
    pNumber: "1003388394",
    providerNumber: "012345",
  },
  ...{
    shakCode: "1301",
    gln: "5790000123117",
    geographicalParentSorId: "441000016003",
    validTo: "2027-01-01",
  },
  postalAddress: { street: "Vej", building: "1", postCode: "8000", district: "Aarhus C" },
  visitingAddress: { street: "Anden vej", postCode: "8000", district: "Aarhus C" },
  virtualAddress: { telephone: "12345678", fax: "1", email: "a@example.dk", website: "https://example.dk" },
  specialities: [{ code: "394594003" }],
  organisationalLevelName: "Afsnit",
  organisationalLevelCode: "1",
} as UnitState["row"];
const unit = (row: UnitState["row"]): UnitState => ({
  row,
  level: "unit",
  firstFrom: "2019-01-01",
  isActive: true,
});
const place = (more: object): LocationState => ({
  facts: {
    row: { gln: "5790000123117", validTo: null, nonActive: false, ...more },
  } as LocationState["facts"],
  firstFrom: "2020-01-01",
  isOpen: true,
  holders: [
    { sorId: "1", level: "unit" },
    { sorId: "2", level: "institution" },
  ],
  receives: [
    { messageType: "DIS91", version: "D9134L", format: "EDIFACT" },
    { messageType: "OLD01", version: "X", format: "XML" },
  ] as unknown as LocationState["receives"],
});
const made: Resource[] = [
  ...[organization(unit(bare), version), organization(unit(full), version), location(unit(bare), version)],
  ...[
    location(unit(full), version),
    endpoint(place({ netOperatorCode: "41000035001", systemId: "a-1" }), version),
  ],
  endpoint({ ...place({}), receives: [], holders: [] }, version),
  device({ id: "41000035001", ...version, facts: { kind: "operator", name: "KMD" } }),
  device({
    id: "a",
    ...version,
    facts: { kind: "system", name: "Clinea", version: "1", sorCode: "2", manufacturer: "X" },
  }),
  ...[healthcareService(unit(full), version), organizationAffiliation(unit(full), version)].filter(
    (each) => each !== undefined,
  ),
];

/** The elements of R4 that our resources use, in the order of their definitions; `!` is mandatory, `*` a list. */
const head = "resourceType! id! meta! extension*";
const elements: Readonly<Record<Resource["resourceType"], string>> = {
  Organization: `${head} identifier* active type* name! alias* telecom* address* partOf contact* endpoint*`,
  Location: `${head} identifier* status operationalStatus name! alias* description mode type* telecom* address physicalType position managingOrganization partOf hoursOfOperation* availabilityExceptions endpoint*`,
  HealthcareService: `${head} identifier* active providedBy category* type* specialty* location* name comment extraDetails photo telecom* coverageArea* endpoint*`,
  OrganizationAffiliation: `${head} identifier* active period organization participatingOrganization network* code* specialty* location* healthcareService* telecom* endpoint*`,
  Endpoint: `${head} identifier* status! connectionType! name managingOrganization contact* period payloadType!* payloadMimeType* address! header*`,
  Device: `${head} identifier* definition udiCarrier* status statusReason* distinctIdentifier manufacturer manufactureDate expirationDate lotNumber serialNumber deviceName* modelNumber partNumber type specialization* version* property* patient owner`,
};

test("each resource has R4's elements in their order, the mandatory ones always, and lists where R4 has lists", () => {
  for (const resource of made) {
    const known = elements[resource.resourceType].split(" ");
    const names = known.map((name) => name.replace(/[!*]+$/, ""));
    const own = Object.keys(resource);
    expect([own, own.toSorted((a, b) => names.indexOf(a) - names.indexOf(b))]).toEqual([own, own]);
    expect(own.filter((name) => !names.includes(name))).toEqual([]);
    const missing = known.filter((name) => name.includes("!") && !own.includes(name.replace(/[!*]+$/, "")));
    expect(missing).toEqual([]);
    for (const [at, name] of names.entries()) {
      const value = resource[name];
      if (value !== undefined) expect([name, Array.isArray(value)]).toEqual([name, known[at]?.endsWith("*")]);
    }
  }
});

/** Invariants of R4, by their keys, and rules of the profiles. */
const invariants: Readonly<Record<string, (resource: Resource) => boolean>> = {
  "ele-1: no element is empty": (resource) => !/:(null|""|\{\}|\[\])/.test(JSON.stringify(resource)),
  "ext-1: an extension has a value": (resource) =>
    ((resource.extension ?? []) as object[]).every(
      (each) => Object.keys(each).filter((key) => key.startsWith("value")).length === 1,
    ),
  "org-1: an identifier or a name": (resource) =>
    resource.resourceType !== "Organization" || Boolean(resource.identifier ?? resource.name),
  "per-1: a period begins before it ends": (resource) => {
    const { start, end } = (resource.period ?? {}) as { start?: string; end?: string };
    return start === undefined || end === undefined || start <= end;
  },
  "eer: an endpoint has exactly one location number and a period": (resource) =>
    resource.resourceType !== "Endpoint" ||
    ((resource.identifier as { system: string }[]).filter(({ system }) => system === "http://www.gs1.org/gln")
      .length === 1 &&
      resource.period !== undefined),
  "dk-core: one SOR code of at least 11 digits": (resource) =>
    resource.resourceType !== "Organization" ||
    (resource.identifier as { system: string; value: string }[]).filter(
      ({ system, value }) => system === "urn:oid:1.2.208.176.1.1" && /^\d{11,}$/.test(value),
    ).length === 1,
  "eer: one level of SOR": (resource) =>
    resource.resourceType !== "Organization" ||
    JSON.stringify(resource.type).split("eer-sor-organization-type").length === 2,
};

test.each(Object.entries(invariants))("%s", (_, holds) => {
  for (const resource of made)
    expect([resource.resourceType, holds(resource)]).toEqual([resource.resourceType, true]);
});

test("the last day of a period is its end, and an endpoint is managed by an institution before its units", () => {
  expect(organization(unit(full), version).extension).toMatchObject([
    { valuePeriod: { start: "2019-01-01", end: "2026-12-31" } },
    {},
  ]);
  expect(endpoint(place({}), version).managingOrganization).toEqual({ reference: "Organization/2" });
  expect(endpoint(place({ nonActive: true }), version).status).toBe("off");
});

test("XML writes values as attributes, extensions' addresses too, and nested resources in their own element", () => {
  const text = fhirXml({ resourceType: "Bundle", type: "searchset", entry: [{ resource: made[1] }] });
  expect(text).toContain("<entry>\n<resource>\n<Organization>");
  expect(text).toMatch(/<extension url="urn:sor:[^"]+">\n<valueCodeableConcept>/);
  expect(text).toContain('<endpoint>\n<reference value="Endpoint/5790000123117"/>');
});
