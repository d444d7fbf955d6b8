import { attributesOf } from "../organisations/index.ts";
import type { Dataset } from "./dataset.ts";
import { type Member, memberLine, ndjsonWriter } from "./ndjson.ts";
import type { LocationLine, SourceRows, UnitLine } from "./source-rows.ts";

const folder = "register";
const file = { contentType: "application/x-ndjson", encoding: "utf-8" } as const;

type OwnUnit = Pick<UnitLine, "row" | "firstFrom">;

const ownUnitMembers: readonly Member<OwnUnit>[] = [
  { name: "sorId", da: "Enhedens SOR-kode", of: ({ row }) => row.sorId },
  { name: "level", da: "owner (IE), institution (SI) eller unit (OE)", of: ({ row }) => row.level },
  { name: "firstFrom", da: "Første dag enheden fandtes", of: ({ firstFrom }) => firstFrom },
  { name: "validFrom", da: "Første dag oplysningerne gælder", of: ({ row }) => row.validFrom },
  {
    name: "validTo",
    da: "Første dag oplysningerne ikke længere gælder; null når ingen slutdag er sat",
    of: ({ row }) => row.validTo,
  },
  {
    name: "attributes",
    da: "Enhedens egne oplysninger, med samme navne som i GET /v1/organisations/{sorId}",
    of: ({ row }) => attributesOf(row),
  },
];
const unitMembers: readonly Member<UnitLine>[] = [
  ...ownUnitMembers,
  {
    name: "effective",
    da: "Adresser og lokationsnummer med det der arves, og fra hvilken enhed",
    of: ({ values }) => values,
    isDerived: true,
  },
];

const locationMembers: readonly Member<LocationLine>[] = [
  { name: "gln", da: "Lokationsnummer", of: ({ row }) => row.gln },
  { name: "validFrom", da: "Første dag oplysningerne gælder", of: ({ row }) => row.validFrom },
  { name: "validTo", da: "Første dag oplysningerne ikke længere gælder", of: ({ row }) => row.validTo },
  { name: "onlyInternal", da: "Om nummeret kun bruges internt", of: ({ row }) => row.onlyInternal },
  { name: "nonActive", da: "Om nummeret ikke er i brug", of: ({ row }) => row.nonActive },
  { name: "supplier", da: "Systemleverandørens navn", of: ({ supplierName }) => supplierName },
  { name: "system", da: "Systemets navn", of: ({ systemName }) => systemName },
  { name: "netOperatorCode", da: "Netoperatørens kode", of: ({ row }) => row.netOperatorCode },
  { name: "regionCode", da: "Regionens kode", of: ({ row }) => row.regionCode },
  { name: "successorGln", da: "Det nummer der afløste dette", of: ({ row }) => row.successorGln },
  { name: "sorIds", da: "Enheder der har nummeret", of: ({ sorIds }) => sorIds },
];

const registrationMembers: readonly Member<SourceRows["registrations"]>[] = [
  { name: "gln", da: "Lokationsnummer", of: ({ gln }) => gln },
  { name: "messageType", da: "Meddelelsestype", of: ({ messageType }) => messageType },
  { name: "version", da: "Version", of: ({ version }) => version },
  { name: "format", da: "EDIFACT, XML eller FHIR", of: ({ format }) => format },
  { name: "direction", da: "receive (modtager) eller send (sender)", of: ({ direction }) => direction },
  { name: "validFrom", da: "Begyndelsen (RFC 3339)", of: ({ validFrom }) => validFrom.toISOString() },
  {
    name: "validTo",
    da: "Slutningen, ikke med; null når ingen er sat",
    of: ({ validTo }) => validTo?.toISOString(),
  },
];

const successionMembers: readonly Member<SourceRows["successions"]>[] = [
  { name: "fromSorId", da: "Den afløste enhed", of: ({ fromSorId }) => fromSorId },
  { name: "toSorId", da: "Enheden der afløste den", of: ({ toSorId }) => toSorId },
];

/** What a follower's copy holds of one row: the same members as in the file, without those that follow from other rows. */
export const lineOf = {
  unit: (unit: OwnUnit) => memberLine(ownUnitMembers, unit),
  location: (location: LocationLine) => memberLine(locationMembers, location),
  registration: (row: SourceRows["registrations"]) => memberLine(registrationMembers, row),
  succession: (row: SourceRows["successions"]) => memberLine(successionMembers, row),
};

/** The register as lines of JSON, with the names of the API: what a program's own copy begins from. */
export const lineDatasets: {
  units: readonly Dataset<"units">[];
  locations: readonly Dataset<"locations">[];
  registrations: readonly Dataset<"registrations">[];
  successions: readonly Dataset<"successions">[];
} = {
  units: [
    {
      ...file,
      name: "units",
      title: { da: "Enheder som NDJSON", en: "Units as NDJSON" },
      path: `${folder}/units.ndjson`,
      columns: unitMembers,
      writer: () => ndjsonWriter(unitMembers),
    },
  ],
  locations: [
    {
      ...file,
      name: "locations",
      title: { da: "Lokationsnumre som NDJSON", en: "Location numbers as NDJSON" },
      path: `${folder}/locations.ndjson`,
      columns: locationMembers,
      writer: () => ndjsonWriter(locationMembers),
    },
  ],
  registrations: [
    {
      ...file,
      name: "registrations",
      title: { da: "Meddelelsestyper pr. lokationsnummer som NDJSON", en: "Registrations as NDJSON" },
      path: `${folder}/registrations.ndjson`,
      columns: registrationMembers,
      writer: () => ndjsonWriter(registrationMembers),
    },
  ],
  successions: [
    {
      ...file,
      name: "successions",
      title: { da: "Afløsninger som NDJSON", en: "Successions as NDJSON" },
      path: `${folder}/successions.ndjson`,
      columns: successionMembers,
      writer: () => ndjsonWriter(successionMembers),
    },
  ],
};
