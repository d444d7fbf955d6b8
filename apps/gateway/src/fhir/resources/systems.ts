/** Addresses that name systems of identifiers and codes, profiles and extensions. Those that begin with `urn:sor:` are ours. */
export const systems = {
  sor: "urn:oid:1.2.208.176.1.1",
  cvr: "http://cvr.dk",
  gln: "http://www.gs1.org/gln",
  provider: "urn:oid:1.2.208.176.1.4",
  shak: "urn:sor:identifier:shak",
  pNumber: "urn:sor:identifier:p-number",
  netOperator: "urn:sor:identifier:net-operator",
  system: "urn:sor:identifier:system",
  snomed: "http://snomed.info/sct",
  level: "http://medcomehmi.dk/ig/terminology/CodeSystem/eer-sor-organization-type",
  place: "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types",
  messageDefinition: "http://medcomehmi.dk/ig/terminology/CodeSystem/ehmi-message-definition-uri",
  connection: "http://medcomehmi.dk/ig/terminology/CodeSystem/eer-endpoint-connection-type",
  payload: "http://terminology.hl7.org/CodeSystem/endpoint-payload-type",
  deviceType: "urn:sor:fhir:device-type",
  affiliation: "urn:sor:fhir:affiliation",
} as const;

const mcsd = "https://profiles.ihe.net/ITI/mCSD/StructureDefinition";
const eer = "http://medcomehmi.dk/ig/eer/StructureDefinition";

export const profiles = {
  organization: [
    "http://hl7.dk/fhir/core/StructureDefinition/dk-core-organization",
    `${mcsd}/IHE.mCSD.Organization`,
    `${eer}/Eer.Messaging.Organization`,
  ],
  location: [`${mcsd}/IHE.mCSD.Location`],
  healthcareService: [`${mcsd}/IHE.mCSD.HealthcareService`],
  affiliation: [`${mcsd}/IHE.mCSD.OrganizationAffiliation`],
  endpoint: [`${mcsd}/IHE.mCSD.Endpoint`, `${eer}/eer.dk.endpoint.messaging`],
} as const;

export const extensions = {
  period: "http://hl7.org/fhir/StructureDefinition/organization-period",
  messageHandler: `${eer}/eer-dk-msh-system-extension`,
  userSystem: `${eer}/eer-dk-eua-system-extension`,
  clinicalLevel: "urn:sor:fhir:extension:organisational-level",
  inheritsNumber: "urn:sor:fhir:extension:location-number-inherited",
} as const;
