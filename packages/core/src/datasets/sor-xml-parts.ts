import { element, type XmlElement, type XmlNode } from "../markup/index.ts";
import type { PostalAddress, VirtualAddress } from "../organisations/index.ts";
import type { UnitLine } from "./source-rows.ts";
import { lastDay } from "./unit-values.ts";

/** An element with those of its children that have content; nothing when none has. */
const group = (name: string, children: readonly XmlNode[]): XmlElement | undefined =>
  children.some((child) => child !== undefined) ? element(name, children) : undefined;

export const optional = (name: string, value: string | null | undefined): XmlElement | undefined =>
  value === null || value === undefined || value === "" ? undefined : element(name, value);

const truth = (value: boolean) => String(value);

/** `SorStatus` of a period: first day, last day (inclusive) where one is set, last change, first day of all. */
export function statusOf(
  prefix: string,
  {
    validFrom,
    validTo,
    updatedOn,
    firstFrom,
  }: { validFrom: string; validTo: string | null; updatedOn: string | null; firstFrom: string },
): XmlElement {
  return element(`${prefix}SorStatus`, [
    element(`${prefix}FromDate`, validFrom),
    optional(`${prefix}ToDate`, lastDay(validTo)),
    optional(`${prefix}UpdatedAt`, updatedOn),
    element(`${prefix}FirstFromDate`, firstFrom),
  ]);
}

/** The names of the suppliers' elements, which version 2 changed. */
export type LocationNames = {
  prefix: string;
  supplier: string;
  system: string;
  operator: string;
  region: string;
  administrator: string;
};

/** The register's values for a location number whose supplier or system has no code of SOR's: the layout has no place for none. */
const unknownParty = "0";
const unknownOperator = "11000035002";
const unknownRegion = "0000";

/** A unit's own location number, `EanLocationCodeEntity`; nothing when it has none, or the register has no data of it. */
export function ownLocation({ row, location }: UnitLine, names: LocationNames): XmlElement | undefined {
  if (row.gln === null || location?.row.gln !== row.gln) return undefined;
  const { prefix } = names;
  const held = location.row;
  return element("EanLocationCodeEntity", [
    element(`${prefix}EanLocationCode`, held.gln),
    element(`${prefix}OnlyInternalIndicator`, truth(held.onlyInternal)),
    element(`${prefix}NonActiveIndicator`, truth(held.nonActive)),
    element(names.supplier, location.supplierSorCode ?? unknownParty),
    element(names.system, location.systemSorCode ?? unknownParty),
    element(names.operator, held.netOperatorCode ?? unknownOperator),
    element(names.region, held.regionCode ?? row.regionCode ?? unknownRegion),
    element(names.administrator, held.ediAdministrator ?? unknownParty),
    statusOf(prefix, { ...held, updatedOn: null, firstFrom: held.validFrom }),
  ]);
}

/** OIO `AddressPostal`, under the prefix that the document gives its namespace. */
export function addressPostal(xkom: string, address: PostalAddress): XmlElement {
  return element(`${xkom}:AddressPostal`, [
    optional("dkcc2005:StreetName", address.street),
    optional("dkcc:StreetBuildingIdentifier", address.building),
    optional("dkcc:FloorIdentifier", address.floor),
    optional("dkcc:SuiteIdentifier", address.suite),
    optional("dkcc2005:PostCodeIdentifier", address.postCode),
    optional("dkcc2005:DistrictName", address.district),
    element("dkcc:CountryIdentificationCode", address.country ?? "DK", { scheme: "iso3166-alpha2" }),
  ]);
}

/** E-mail and so on; `telephone` writes the number, which version 1 has at least eight characters of, always. */
export function virtualAddress(
  {
    prefix,
    xkom,
    telephone,
  }: { prefix: string; xkom: string; telephone: (number: string | undefined) => string },
  address: VirtualAddress,
): XmlElement {
  return element(`${prefix}VirtualAddressInformation`, [
    optional(`${xkom}:EmailAddressIdentifier`, address.email),
    optional(`${prefix}Website`, address.website),
    optional(`${prefix}TelephoneNumberIdentifier`, telephone(address.telephone)),
    optional(`${prefix}FaxNumberIdentifier`, address.fax && telephone(address.fax)),
  ]);
}

/** Successors and predecessors. */
export const unitList = (prefix: string, name: string, sorIds: readonly string[]): XmlElement | undefined =>
  group(
    `${prefix}${name}`,
    sorIds.map((sorId) => element(`${prefix}SorIdentifier`, sorId)),
  );

/** What only units (OE) have at their end: the three indicators and the owner's own values. */
export function unitEnd(prefix: string, { row }: UnitLine): (XmlElement | undefined)[] {
  const { hasAmbulantActivity, admitsPatients, isReportingLevel } = row;
  const isTold = hasAmbulantActivity !== null || admitsPatients !== null || isReportingLevel !== null;
  return [
    isTold
      ? element(`${prefix}OrganizationalUnitInformation`, [
          element(`${prefix}AmbulantActivityIndicator`, truth(hasAmbulantActivity === true)),
          element(`${prefix}PatientsAdmittedIndicator`, truth(admitsPatients === true)),
          element(`${prefix}ReportingLevelIndicator`, truth(isReportingLevel === true)),
        ])
      : undefined,
    group(
      `${prefix}LocalAttributeCollection`,
      row.localAttributes.map((value, at) => optional(`${prefix}LocalAttribute${at + 1}`, value)),
    ),
  ];
}

/** Where a unit lies in relation to others; version 1 wants it on every unit. */
export function geographicalParent(
  prefix: string,
  { row }: UnitLine,
  otherwise?: string,
): XmlElement | undefined {
  const relation = row.geographicalParentRelation ?? otherwise;
  if (relation === undefined) return undefined;
  return element(`${prefix}GeographicalParent`, [
    element(`${prefix}GeographicalParentRelation`, relation),
    optional(`${prefix}GeographicalParentSorIdentifier`, row.geographicalParentSorId),
  ]);
}
