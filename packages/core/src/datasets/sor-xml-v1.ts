import { element, type XmlElement } from "../markup/index.ts";
import type { PostalAddress } from "../organisations/index.ts";
import {
  addressPostal,
  geographicalParent,
  type LocationNames,
  optional,
  ownLocation,
  statusOf,
  unitEnd,
  unitList,
  virtualAddress,
} from "./sor-xml-parts.ts";
import type { UnitLine } from "./source-rows.ts";

/** The namespaces of SOR XML version 1. */
export const v1Attributes = {
  "xmlns:xkom-1": "http://rep.oio.dk/xkom.dk/xml/schemas/2006/01/06/",
  "xmlns:dkcc": "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/",
  "xmlns:dkcc2005": "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/",
  "xmlns:xkom": "http://rep.oio.dk/xkom.dk/xml/schemas/2005/03/15/",
  xmlns: "urn:oio:sundhedsstyrelsen:organisation:1.0.0",
};

const names: LocationNames = {
  prefix: "",
  supplier: "SystemSupplier",
  system: "SystemType",
  operator: "CommunicationSupplier",
  region: "RegionCode",
  administrator: "EdiAdministrator",
};
const privateOwner = "550891000005100";
const otherInstitution = "550411000005105";
const parentPlace = "2";
/** The type of speciality that all known files have. */
const unknownType = "51000095001";

const address = (name: string, value: PostalAddress | null): XmlElement | undefined =>
  value === null
    ? undefined
    : element(name, [addressPostal("xkom-1", value), optional("Stairway", value.stairway)]);

const location = (line: UnitLine): XmlElement =>
  element("OptionalEanLocationCode", [
    ownLocation(line, names) ?? element("EntityInheritedIndicator", String(line.row.glnInherited)),
  ]);

/** The schema demands a telephone number of at least eight characters: shorter ones, and none, begin with zeros. */
const form = { prefix: "", xkom: "xkom", telephone: (number = "") => number.padStart(8, "0") };
const virtual = ({ row }: UnitLine) =>
  row.virtualAddress ? virtualAddress(form, row.virtualAddress) : undefined;
const status = ({ row, firstFrom }: UnitLine) => statusOf("", { ...row, firstFrom });
const replaced = ({ replaces, replacedBy }: UnitLine) => [
  unitList("", "ReplacesEntityCollection", replaces),
  unitList("", "ReplacedByEntityCollection", replacedBy),
];
const begin = ({ row }: UnitLine) => [element("SorIdentifier", row.sorId), element("EntityName", row.name)];

function owner(line: UnitLine): XmlElement {
  const { row } = line;
  return element("InstitutionOwner", [
    ...begin(line),
    element("OwnerType", row.typeCode ?? privateOwner),
    ownLocation(line, names),
    // Both are mandatory in the schema: an owner without them has them empty.
    address("PostalAddressInformation", row.postalAddress ?? {}),
    virtualAddress(form, row.virtualAddress ?? {}),
    status(line),
  ]);
}

function institution(line: UnitLine): XmlElement {
  const { row } = line;
  return element("HealthInstitution", [
    ...begin(line),
    element("InstitutionType", row.typeCode ?? otherInstitution),
    optional("PharmacyIdentifier", row.pharmacyIdentifier),
    optional("ShakIdentifier", row.shakCode),
    location(line),
    geographicalParent("", line),
    address("PostalAddressInformation", row.postalAddress),
    address("VisitingAddressInformation", row.visitingAddress),
    virtual(line),
    status(line),
    ...replaced(line),
  ]);
}

function unit(line: UnitLine): XmlElement {
  const { row } = line;
  const specialities = row.specialities.map(({ code, type }) =>
    element("ClinicalSpeciality", [
      element("SpecialityCode", code),
      element("SpecialityType", type ?? unknownType),
    ]),
  );
  return element("OrganizationalUnit", [
    ...begin(line),
    optional("UnitType", row.typeCode),
    optional("LocalCode", row.localCode),
    optional("PharmacyIdentifier", row.pharmacyIdentifier),
    optional("ShakIdentifier", row.shakCode),
    optional("ProviderIdentifier", row.providerNumber),
    location(line),
    geographicalParent("", line, parentPlace),
    address("PostalAddressInformation", row.postalAddress),
    address("VisitingAddressInformation", row.visitingAddress),
    address("ActivityAddressInformation", row.activityAddress),
    virtual(line),
    specialities.length === 0 ? undefined : element("ClinicalSpecialityCollection", specialities),
    status(line),
    ...replaced(line),
    ...unitEnd("", line),
  ]);
}
/** A unit's own element in SOR XML version 1, valid by its schemas. */
export function v1Unit(line: UnitLine): XmlElement {
  return { owner, institution, unit }[line.row.level](line);
}
