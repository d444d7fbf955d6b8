import { completeGln, makeSorId } from "../identifiers/index.ts";

type Status = { from?: string; to?: string; updated?: string; first?: string };
type Place = { postCode: string; district: string };
type Common = Status & {
  sorId: string;
  name?: string;
  gln?: string;
  inherits?: boolean;
  place?: Place;
  extra?: string;
};
type FileUnit = Common & { units?: readonly FileUnit[] };
type FileInstitution = Common & { shak?: string; units?: readonly FileUnit[] };
export type FileOwner = Common & { institutions?: readonly FileInstitution[] };

const namespaces = `xmlns:xkom-1="http://rep.oio.dk/xkom.dk/xml/schemas/2006/01/06/"
 xmlns:dkcc="http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/"
 xmlns:dkcc2005="http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/"
 xmlns="urn:oio:sundhedsstyrelsen:organisation:1.0.0"`;

/** A SOR XML version 1 file with these owners, one element a line. Values not given are filled in. */
export function aSorFile(owners: readonly FileOwner[], snapshotDate = "2026-05-01"): string {
  return [...sorFilePieces(owners, snapshotDate)].join("");
}

/** The same in pieces, so that it can be larger than memory. */
export function* sorFilePieces(owners: Iterable<FileOwner>, snapshotDate: string): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<SorTree ${namespaces}>\n<CreatedAtTime>${snapshotDate}T01:00:00+02:00</CreatedAtTime>\n<SnapshotDate>${snapshotDate}</SnapshotDate>\n`;
  for (const owner of owners) yield ownerXml(owner);
  yield "</SorTree>\n";
}

/** Generated owners with one institution each and a number of units below it; every second unit has a location number. */
export function* manyOwners(owners: number, unitsEach: number): Generator<FileOwner> {
  let serial = 100_000;
  const next = () => makeSorId(++serial);
  for (let n = 0; n < owners; n += 1) {
    const district = `Prøveby ${n % 100}`;
    const place = { postCode: String(1000 + (n % 9000)), district };
    const units = Array.from({ length: unitsEach }, (_, i): FileUnit => {
      const gln = i % 2 === 0 ? { gln: completeGln(`5798${String(serial).padStart(8, "0")}`) } : {};
      return { sorId: next(), name: `Afsnit ${n}-${i} for øjensygdomme`, place, ...gln };
    });
    const institutions = [{ sorId: next(), name: `Sygehus ${n}`, place, units }];
    yield { sorId: next(), name: `Ejer ${n}`, place, institutions };
  }
}

function ownerXml(owner: FileOwner): string {
  return `<InstitutionOwnerEntity>
<InstitutionOwner>
${head(owner)}<OwnerType>550891000005100</OwnerType>
${owner.gln ? locationXml(owner.gln) : ""}${addressXml(owner.place ?? { postCode: "8000", district: "Aarhus C" })}<VirtualAddressInformation>
<TelephoneNumberIdentifier>87654321</TelephoneNumberIdentifier>
</VirtualAddressInformation>
${statusXml(owner)}${owner.extra ?? ""}</InstitutionOwner>
${(owner.institutions ?? []).map(institutionXml).join("")}</InstitutionOwnerEntity>
`;
}

function institutionXml(institution: FileInstitution): string {
  const shak = institution.shak ? `<ShakIdentifier>${institution.shak}</ShakIdentifier>\n` : "";
  return `<HealthInstitutionEntity>
<HealthInstitution>
${head(institution)}<InstitutionType>22232009</InstitutionType>
${shak}${optionalLocation(institution)}${institution.place ? addressXml(institution.place) : ""}${statusXml(institution)}${institution.extra ?? ""}</HealthInstitution>
${(institution.units ?? []).map(unitXml).join("")}</HealthInstitutionEntity>
`;
}

function unitXml(unit: FileUnit): string {
  return `<OrganizationalUnitEntity>
<OrganizationalUnit>
${head(unit)}<UnitType>550851000005109</UnitType>
${optionalLocation(unit)}<GeographicalParent>
<GeographicalParentRelation>2</GeographicalParentRelation>
</GeographicalParent>
${unit.place ? addressXml(unit.place) : ""}${statusXml(unit)}${unit.extra ?? ""}</OrganizationalUnit>
${(unit.units ?? []).map(unitXml).join("")}</OrganizationalUnitEntity>
`;
}

function head({ sorId, name = `Enhed ${sorId}` }: Common): string {
  return `<SorIdentifier>${sorId}</SorIdentifier>\n<EntityName>${name}</EntityName>\n`;
}

function optionalLocation({ gln, inherits = false }: Common): string {
  const inside = gln
    ? locationXml(gln)
    : `<EntityInheritedIndicator>${inherits}</EntityInheritedIndicator>\n`;
  return `<OptionalEanLocationCode>\n${inside}</OptionalEanLocationCode>\n`;
}

function locationXml(gln: string): string {
  return `<EanLocationCodeEntity>
<EanLocationCode>${gln}</EanLocationCode>
<OnlyInternalIndicator>false</OnlyInternalIndicator>
<NonActiveIndicator>false</NonActiveIndicator>
<SystemSupplier>1001000055001</SystemSupplier>
<SystemType>221000045007</SystemType>
<CommunicationSupplier>41000035001</CommunicationSupplier>
<RegionCode>1082</RegionCode>
<EdiAdministrator>106</EdiAdministrator>
</EanLocationCodeEntity>
`;
}

function addressXml({ postCode, district }: Place): string {
  return `<PostalAddressInformation>
<xkom-1:AddressPostal>
<dkcc2005:StreetName>Prøvevej</dkcc2005:StreetName>
<dkcc:StreetBuildingIdentifier>8</dkcc:StreetBuildingIdentifier>
<dkcc2005:PostCodeIdentifier>${postCode}</dkcc2005:PostCodeIdentifier>
<dkcc2005:DistrictName>${district}</dkcc2005:DistrictName>
<dkcc:CountryIdentificationCode scheme="iso3166-alpha2">DK</dkcc:CountryIdentificationCode>
</xkom-1:AddressPostal>
</PostalAddressInformation>
`;
}

function statusXml({ from = "2020-01-01", to, updated, first = from }: Status): string {
  const day = (name: string, value: string | undefined) => (value ? `<${name}>${value}</${name}>\n` : "");
  return `<SorStatus>\n${day("FromDate", from)}${day("ToDate", to)}${day("UpdatedAt", updated)}${day("FirstFromDate", first)}</SorStatus>\n`;
}

/** Bytes as a stream in pieces that split elements and characters. */
export async function* piecesOf(bytes: Uint8Array, pieceBytes = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
