import * as value from "./value-rules.ts";

/** An element of SOR XML: its name, its namespace, and either a text with a rule or a sequence of child elements. */
export type Element = { name: string; namespace: string } & (
  | { text: value.ValueRule }
  | { children: readonly Child[]; choice?: true }
);
/** A child element: minimum and maximum number of occurrences. */
export type Child = { element: Element; min: 0 | 1; max: number };

/** The namespace of SOR XML version 1. */
const sorNamespace = "urn:oio:sundhedsstyrelsen:organisation:1.0.0";
const xkom = "http://rep.oio.dk/xkom.dk/xml/schemas/2006/01/06/";
const xkom2005 = "http://rep.oio.dk/xkom.dk/xml/schemas/2005/03/15/";
const dkcc = "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/";
const dkcc2005 = "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/";

const leaf = (name: string, text: value.ValueRule, namespace = sorNamespace): Element => ({
  name,
  namespace,
  text,
});
const node = (name: string, children: readonly Child[], namespace = sorNamespace): Element => ({
  name,
  namespace,
  children,
});
const one = (element: Element): Child => ({ element, min: 1, max: 1 });
const maybe = (element: Element): Child => ({ element, min: 0, max: 1 });
const some = (element: Element, max: number, min: 0 | 1 = 0): Child => ({ element, min, max });
const any = Number.POSITIVE_INFINITY;

const sorIdentifier = leaf("SorIdentifier", value.sorId);
const entityName = leaf("EntityName", value.text(1, 60));
const pharmacy = leaf("PharmacyIdentifier", value.text(1, 20));
const shak = leaf("ShakIdentifier", value.shak);

const status = node("SorStatus", [
  one(leaf("FromDate", value.day)),
  maybe(leaf("ToDate", value.day)),
  maybe(leaf("UpdatedAt", value.day)),
  one(leaf("FirstFromDate", value.day)),
]);

const location = node("EanLocationCodeEntity", [
  one(leaf("EanLocationCode", value.gln)),
  one(leaf("OnlyInternalIndicator", value.boolean)),
  one(leaf("NonActiveIndicator", value.boolean)),
  one(leaf("SystemSupplier", value.number)),
  one(leaf("SystemType", value.number)),
  one(leaf("CommunicationSupplier", value.code)),
  one(leaf("RegionCode", value.region)),
  one(leaf("EdiAdministrator", value.number)),
  maybe(leaf("SorNote", value.text(0, 254))),
  maybe(status),
]);

const optionalLocation: Element = {
  name: "OptionalEanLocationCode",
  namespace: sorNamespace,
  choice: true,
  children: [one(leaf("EntityInheritedIndicator", value.boolean)), one(location)],
};

const geographicalParent = node("GeographicalParent", [
  one(leaf("GeographicalParentRelation", value.text(1, 10))),
  maybe(leaf("GeographicalParentSorIdentifier", value.sorId)),
]);

// OIO AddressPostal of 2006-01-06, in its order. The four elements without a field in our address are parsed and reported.
const addressPostal = node(
  "AddressPostal",
  [
    maybe(leaf("MailDeliverySublocationIdentifier", value.text(1, 40), xkom2005)),
    maybe(leaf("StreetName", value.text(1, 70), dkcc2005)),
    maybe(leaf("StreetNameForAddressingName", value.text(1, 40), dkcc2005)),
    maybe(leaf("StreetBuildingIdentifier", value.text(1, 20), dkcc)),
    maybe(leaf("FloorIdentifier", value.text(1, 20), dkcc)),
    maybe(leaf("SuiteIdentifier", value.text(1, 20), dkcc)),
    maybe(leaf("DistrictSubdivisionIdentifier", value.text(1, 40), dkcc2005)),
    maybe(leaf("PostOfficeBoxIdentifier", value.text(1, 20), xkom2005)),
    maybe(leaf("PostCodeIdentifier", value.text(1, 10), dkcc2005)),
    maybe(leaf("DistrictName", value.text(1, 50), dkcc2005)),
    maybe(leaf("CountryIdentificationCode", value.text(2, 3), dkcc)),
  ],
  xkom,
);
const address = (name: string) =>
  node(name, [one(addressPostal), maybe(leaf("Stairway", value.text(1, 40)))]);
const postal = address("PostalAddressInformation");
const visiting = address("VisitingAddressInformation");
const activity = address("ActivityAddressInformation");

const virtual = node("VirtualAddressInformation", [
  maybe(leaf("EmailAddressIdentifier", value.text(1, 254), xkom2005)),
  maybe(leaf("Website", value.text(1, 254))),
  one(leaf("TelephoneNumberIdentifier", value.text(8, 20))),
  maybe(leaf("FaxNumberIdentifier", value.text(8, 20))),
]);

const specialities = node("ClinicalSpecialityCollection", [
  some(
    node("ClinicalSpeciality", [
      one(leaf("SpecialityCode", value.code)),
      one(leaf("SpecialityType", value.code)),
    ]),
    8,
  ),
]);

const sorIds = (name: string) => node(name, [some(sorIdentifier, any, 1)]);
const replaces = sorIds("ReplacesEntityCollection");
const replacedBy = sorIds("ReplacedByEntityCollection");

const unitInformation = node("OrganizationalUnitInformation", [
  one(leaf("AmbulantActivityIndicator", value.boolean)),
  one(leaf("PatientsAdmittedIndicator", value.boolean)),
  one(leaf("ReportingLevelIndicator", value.boolean)),
]);

const localAttributes = node(
  "LocalAttributeCollection",
  [1, 2, 3, 4, 5].map((n) => maybe(leaf(`LocalAttribute${n}`, value.text(1, 20)))),
);

const institutionOwner = node("InstitutionOwner", [
  one(sorIdentifier),
  one(entityName),
  one(leaf("OwnerType", value.code)),
  maybe(location),
  one(postal),
  one(virtual),
  one(status),
]);

const healthInstitution = node("HealthInstitution", [
  one(sorIdentifier),
  one(entityName),
  one(leaf("InstitutionType", value.code)),
  maybe(pharmacy),
  maybe(shak),
  one(optionalLocation),
  maybe(geographicalParent),
  maybe(postal),
  maybe(visiting),
  maybe(virtual),
  one(status),
  maybe(replaces),
  maybe(replacedBy),
]);

const organizationalUnit = node("OrganizationalUnit", [
  one(sorIdentifier),
  one(entityName),
  maybe(leaf("UnitType", value.code)),
  maybe(leaf("LocalCode", value.text(1, 20))),
  maybe(pharmacy),
  maybe(shak),
  maybe(leaf("ProviderIdentifier", value.provider)),
  one(optionalLocation),
  one(geographicalParent),
  maybe(postal),
  maybe(visiting),
  maybe(activity),
  maybe(virtual),
  maybe(specialities),
  one(status),
  maybe(replaces),
  maybe(replacedBy),
  maybe(unitInformation),
  maybe(localAttributes),
]);

const unitChildren: Child[] = [one(organizationalUnit)];
const unitEntity: Element = node("OrganizationalUnitEntity", unitChildren);
unitChildren.push(some(unitEntity, any));

const institutionEntity = node("HealthInstitutionEntity", [one(healthInstitution), some(unitEntity, any)]);
const ownerEntity = node("InstitutionOwnerEntity", [one(institutionOwner), some(institutionEntity, any)]);

/** SOR XML version 1 as a tree of elements; units can contain units, so the tree is recursive. */
export const sorTree: Element = node("SorTree", [
  one(leaf("CreatedAtTime", value.instant)),
  one(leaf("SnapshotDate", value.day)),
  some(ownerEntity, any, 1),
]);

/** The elements with a unit's data, and the level of the unit. */
export const unitElements: ReadonlyMap<Element, "owner" | "institution" | "unit"> = new Map([
  [institutionOwner, "owner"],
  [healthInstitution, "institution"],
  [organizationalUnit, "unit"],
]);

/** The elements that enclose a unit and all units below it. */
export const entityElements: ReadonlySet<Element> = new Set([ownerEntity, institutionEntity, unitEntity]);
