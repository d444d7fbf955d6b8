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

const namespaces = {
  "xmlns:osak": "http://rep.oio.dk/osak.dk/xml/schemas/2006/04/25/",
  "xmlns:cpr": "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/",
  "xmlns:cvr": "http://rep.oio.dk/cvr.dk/xml/schemas/2005/03/22/",
  "xmlns:xkom": "http://rep.oio.dk/xkom.dk/xml/schemas/2006/01/06/",
  "xmlns:sor1": "urn:oio:sundhedsstyrelsen:organisation:1.0.0",
  "xmlns:dkcc": "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/",
  "xmlns:dkcc2005": "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/",
  "xmlns:kms": "http://rep.oio.dk/kms.dk/xml/schemas/2007/05/23/",
  "xmlns:xkom1": "http://rep.oio.dk/xkom.dk/xml/schemas/2005/03/15/",
  "xmlns:dkcc2005-2": "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/05/13/",
};
/** The namespaces of SOR XML version 2, and of version 3, whose own is not published: ours follows the pattern. */
export const v2Attributes = { ...namespaces, xmlns: "urn:oio:nsi:2.0.0" };
export const v3Attributes = { ...namespaces, xmlns: "urn:oio:nsi:3.0.0" };

const names: LocationNames = {
  prefix: "sor1:",
  supplier: "SystemSupplierIdentifier",
  system: "SystemTypeIdentifier",
  operator: "CommunicationSupplierIdentifier",
  region: "kms:RegionCode",
  administrator: "EdiAdministratorIdentifier",
};

const virtualForm = { prefix: "sor1:", xkom: "xkom1", telephone: (number = "") => number };

const addressOf = (name: string, value: PostalAddress | null, region: string | null) =>
  value === null
    ? undefined
    : element(name, [
        addressPostal("xkom", value),
        optional("sor1:Stairway", value.stairway),
        optional("cpr:MunicipalityCode", value.municipalityCode),
        optional("cpr:StreetCode", value.streetCode),
        value.municipalityCode === undefined ? undefined : optional("kms:RegionCode", region),
        optional("osak:CoordETRS89z32NMeasure", value.north),
        optional("osak:CoordETRS89z32EMeasure", value.east),
      ]);

function specialitiesOf({ row }: UnitLine): XmlElement | undefined {
  if (row.specialities.length === 0) return undefined;
  const each = row.specialities.map(({ code, type }) =>
    element("ClinicalSpeciality", [
      element("SpecialityIdentifier", code),
      optional("sor1:SpecialityType", type),
    ]),
  );
  return element("ClinicalSpecialityCollection", each);
}

function locationOf(line: UnitLine): XmlElement | undefined {
  const own = ownLocation(line, names);
  if (line.row.level === "owner") return own;
  const inherits = element("EntityInheritanceIndicator", String(line.row.glnInherited));
  return element("EanLocationCodeOption", [own ?? inherits]);
}

/** What the known file does not show; its order after the location number follows version 1. */
function numbersOf({ row }: UnitLine): (XmlElement | undefined)[] {
  return [
    optional("sor1:LocalCode", row.localCode),
    optional("sor1:PharmacyIdentifier", row.pharmacyIdentifier),
    optional("sor1:ShakIdentifier", row.shakCode),
    optional("sor1:ProviderIdentifier", row.providerNumber),
  ];
}

const elementNames = {
  owner: "InstitutionOwner",
  institution: "HealthInstitution",
  unit: "OrganizationalUnit",
} as const;

/** A unit's own element in SOR XML version 2, or in version 3, which adds the clinical-administrative level. */
export function v2Unit(line: UnitLine, version: 2 | 3): XmlElement {
  const { row, firstFrom, replaces, replacedBy } = line;
  return element(elementNames[row.level], [
    element("sor1:SorIdentifier", row.sorId),
    element("sor1:EntityName", row.name),
    optional("EntityTypeIdentifier", row.typeCode),
    version === 3 ? optional("OrganisationalLevelCode", row.organisationalLevelCode) : undefined,
    ...numbersOf(line),
    locationOf(line),
    geographicalParent("sor1:", line),
    addressOf("PostalAddressInformation", row.postalAddress, row.regionCode),
    addressOf("VisitingAddressInformation", row.visitingAddress, row.regionCode),
    addressOf("ActivityAddressInformation", row.activityAddress, row.regionCode),
    row.virtualAddress ? virtualAddress(virtualForm, row.virtualAddress) : undefined,
    specialitiesOf(line),
    statusOf("sor1:", { ...row, firstFrom }),
    unitList("sor1:", "ReplacesEntityCollection", replaces),
    unitList("sor1:", "ReplacedByEntityCollection", replacedBy),
    ...unitEnd("sor1:", line),
    optional("cvr:CVRnumberIdentifier", row.cvr),
    optional("cvr:ProductionUnitIdentifier", row.pNumber),
  ]);
}
