import {
  type Attributes,
  OrganisationAttributes,
  type PostalAddress,
  type VirtualAddress,
} from "../organisations/index.ts";
import { addDays } from "../validity/index.ts";
import type { Finding } from "./faults.ts";
import type { SorRecord, SorUnitRecord } from "./read-sor-xml.ts";

/** A period from the file: half open, with the day of its last change if the file has it. */
type Period = {
  firstFrom: string;
  validFrom: string;
  validTo: string | null;
  updatedOn: string | null;
};

/** A location number with its data from the file. */
export type ReadLocation = Period & {
  gln: string;
  onlyInternal: boolean;
  nonActive: boolean;
  systemSupplier: string;
  systemType: string;
  netOperator: string;
  regionCode: string;
  ediAdministrator: string;
  note: string | null;
};

/** A unit from the file, before it is compared with the register. */
export type ReadUnit = Period & {
  line: number;
  sorId: string;
  level: SorUnitRecord["level"];
  attributes: Attributes;
  location: ReadLocation | null;
  replaces: string[];
  replacedBy: string[];
};

/**
 * Converts a unit's record. The record is valid by the schema; other errors (a period that ends before it begins) are returned as
 * faults, and data that we do not store as warnings.
 */
export function readUnit(
  { line, level, record }: SorUnitRecord,
  parent: ReadUnit | undefined,
): { unit: ReadUnit; faults: Finding[]; warnings: Finding[] } {
  const place = { owner: "InstitutionOwner", institution: "HealthInstitution", unit: "OrganizationalUnit" }[
    level
  ];
  const period = periodOf(element(record, "SorStatus"));
  const optional = element(record, "OptionalEanLocationCode");
  const entity = element(record, "EanLocationCodeEntity") ?? element(optional, "EanLocationCodeEntity");
  const location = entity ? locationOf(entity, period) : null;
  const unit: ReadUnit = {
    line,
    sorId: text(record, "SorIdentifier") ?? "",
    level,
    ...period,
    attributes: attributesFrom(record, {
      parent,
      location,
      inherits: isTrue(optional, "EntityInheritedIndicator"),
    }),
    location,
    replaces: texts(element(record, "ReplacesEntityCollection"), "SorIdentifier"),
    replacedBy: texts(element(record, "ReplacedByEntityCollection"), "SorIdentifier"),
  };
  unit.attributes.updatedOn = period.updatedOn;
  const faults = [
    ...periodFaults(period, line, `${place}/SorStatus`),
    ...(location ? periodFaults(location, line, `${place}/EanLocationCodeEntity/SorStatus`) : []),
  ];
  return { unit, faults, warnings: warningsOf(record, { line, place, unit, parent }) };
}

type Around = { parent: ReadUnit | undefined; location: ReadLocation | null; inherits: boolean };

function attributesFrom(record: SorRecord, { parent, location, inherits }: Around): Attributes {
  const geographical = element(record, "GeographicalParent");
  const information = element(record, "OrganizationalUnitInformation");
  const indicator = (name: string) => (information ? isTrue(information, name) : null);
  return {
    ...emptyAttributes,
    parentSorId: parent?.sorId ?? null,
    name: text(record, "EntityName") ?? "",
    typeCode: text(record, "OwnerType") ?? text(record, "InstitutionType") ?? text(record, "UnitType"),
    pharmacyIdentifier: text(record, "PharmacyIdentifier"),
    shakCode: text(record, "ShakIdentifier"),
    providerNumber: text(record, "ProviderIdentifier"),
    localCode: text(record, "LocalCode"),
    localAttributes: localAttributesOf(element(record, "LocalAttributeCollection")),
    gln: location?.gln ?? null,
    glnInherited: inherits,
    geographicalParentRelation: text(geographical, "GeographicalParentRelation"),
    geographicalParentSorId: text(geographical, "GeographicalParentSorIdentifier"),
    postalAddress: addressOf(element(record, "PostalAddressInformation")),
    visitingAddress: addressOf(element(record, "VisitingAddressInformation")),
    activityAddress: addressOf(element(record, "ActivityAddressInformation")),
    virtualAddress: virtualOf(element(record, "VirtualAddressInformation")),
    specialities: records(element(record, "ClinicalSpecialityCollection"), "ClinicalSpeciality").map(
      (each) => ({
        code: text(each, "SpecialityCode") ?? "",
        type: text(each, "SpecialityType") ?? "",
      }),
    ),
    hasAmbulantActivity: indicator("AmbulantActivityIndicator"),
    admitsPatients: indicator("PatientsAdmittedIndicator"),
    isReportingLevel: indicator("ReportingLevelIndicator"),
    // Version 1 gives a region only with a location number; otherwise the unit is in its parent's region.
    regionCode: location?.regionCode ?? parent?.attributes.regionCode ?? null,
  };
}

// Attributes that SOR XML version 1 does not have are left empty.
const emptyAttributes: Attributes = OrganisationAttributes.parse({ parentSorId: null, name: "-" });

function periodOf(status: SorRecord | null): Period {
  const day = (name: string) => text(status, name)?.slice(0, 10) ?? null;
  const to = day("ToDate");
  return {
    validFrom: day("FromDate") ?? "",
    // ToDate is the last day on which it is valid.
    validTo: to === null ? null : addDays(to, 1),
    updatedOn: day("UpdatedAt"),
    firstFrom: day("FirstFromDate") ?? "",
  };
}

function periodFaults({ validFrom, validTo, firstFrom }: Period, line: number, place: string): Finding[] {
  const isReversed = (validTo !== null && validTo <= validFrom) || firstFrom > validFrom;
  return isReversed ? [{ line, place, rule: "reversed" }] : [];
}

function locationOf(entity: SorRecord, ofUnit: Period): ReadLocation {
  const status = element(entity, "SorStatus");
  return {
    ...(status ? periodOf(status) : ofUnit),
    gln: text(entity, "EanLocationCode") ?? "",
    onlyInternal: isTrue(entity, "OnlyInternalIndicator"),
    nonActive: isTrue(entity, "NonActiveIndicator"),
    systemSupplier: text(entity, "SystemSupplier") ?? "",
    systemType: text(entity, "SystemType") ?? "",
    netOperator: text(entity, "CommunicationSupplier") ?? "",
    regionCode: text(entity, "RegionCode") ?? "",
    ediAdministrator: text(entity, "EdiAdministrator") ?? "",
    note: text(entity, "SorNote") || null,
  };
}

const addressParts = {
  street: "StreetName",
  building: "StreetBuildingIdentifier",
  floor: "FloorIdentifier",
  suite: "SuiteIdentifier",
  postCode: "PostCodeIdentifier",
  district: "DistrictName",
  country: "CountryIdentificationCode",
} as const;
const partsNotKept = [
  "MailDeliverySublocationIdentifier",
  "StreetNameForAddressingName",
  "DistrictSubdivisionIdentifier",
  "PostOfficeBoxIdentifier",
];
const addresses = ["PostalAddressInformation", "VisitingAddressInformation", "ActivityAddressInformation"];

function addressOf(information: SorRecord | null): PostalAddress | null {
  if (!information) return null;
  const postal = element(information, "AddressPostal");
  const parts = Object.entries(addressParts).map(([key, name]) => [key, text(postal, name)]);
  parts.push(["stairway", text(information, "Stairway")]);
  return Object.fromEntries(parts.filter(([, value]) => value !== null));
}

function virtualOf(information: SorRecord | null): VirtualAddress | null {
  if (!information) return null;
  const parts = [
    ["email", text(information, "EmailAddressIdentifier")],
    ["website", text(information, "Website")],
    ["telephone", text(information, "TelephoneNumberIdentifier")],
    ["fax", text(information, "FaxNumberIdentifier")],
  ];
  return Object.fromEntries(parts.filter(([, value]) => value !== null));
}

function localAttributesOf(collection: SorRecord | null): string[] {
  const values = [1, 2, 3, 4, 5].map((n) => text(collection, `LocalAttribute${n}`) ?? "");
  return values.slice(0, values.findLastIndex((value) => value !== "") + 1);
}

type Told = { line: number; place: string; unit: ReadUnit; parent: ReadUnit | undefined };

function warningsOf(record: SorRecord, { line, place, unit, parent }: Told): Finding[] {
  const warnings: Finding[] = [];
  for (const name of addresses) {
    const postal = element(element(record, name), "AddressPostal");
    for (const part of partsNotKept.filter((each) => text(postal, each) !== null)) {
      warnings.push({ line, place: `${place}/${name}/AddressPostal/${part}`, rule: "not-kept" });
    }
  }
  const isLonger =
    parent !== undefined &&
    (unit.validFrom < parent.validFrom ||
      (parent.validTo !== null && (unit.validTo === null || unit.validTo > parent.validTo)));
  if (isLonger) warnings.push({ line, place, rule: "parent-not-valid", about: parent.sorId });
  return warnings;
}

function element(record: SorRecord | null, name: string): SorRecord | null {
  const value = record?.[name];
  return typeof value === "object" && !Array.isArray(value) ? value : null;
}

function text(record: SorRecord | null, name: string): string | null {
  const value = record?.[name];
  return typeof value === "string" ? value : null;
}

function texts(record: SorRecord | null, name: string): string[] {
  const value = record?.[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function records(record: SorRecord | null, name: string): SorRecord[] {
  const value = record?.[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === "object") : [];
}

function isTrue(record: SorRecord | null, name: string): boolean {
  return ["true", "1"].includes(text(record, name) ?? "");
}
