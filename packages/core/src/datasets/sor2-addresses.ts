import type { PostalAddress } from "../organisations/index.ts";
import { csvWriter, sor2Dialect } from "./csv.ts";
import type { Column, Dataset } from "./dataset.ts";
import type { UnitLine } from "./source-rows.ts";
import { decimalComma, lastDay, yesNo } from "./unit-values.ts";

const addressParts: readonly [string, string, (address: PostalAddress) => string | undefined][] = [
  ["StreetName", "vejnavn", ({ street }) => street],
  ["StreetBuildingId", "husnummer", ({ building }) => building],
  ["FloorId", "etage", ({ floor }) => floor],
  ["SuiteId", "dør eller side", ({ suite }) => suite],
  ["AdditionalAddressInfo", "opgang eller anden tilføjelse", ({ stairway }) => stairway],
  ["PostCodeId", "postnummer", ({ postCode }) => postCode],
  ["DistrictName", "postdistrikt", ({ district }) => district],
  ["MunicipalityCode", "kommunekode", ({ municipalityCode }) => municipalityCode],
  ["StreetCode", "vejkode", ({ streetCode }) => streetCode],
  ["CoordETRS89z32EMeasure", "koordinat mod øst, meter i ETRS89/UTM32", ({ east }) => decimalComma(east)],
  ["CoordETRS89z32NMeasure", "koordinat mod nord, meter i ETRS89/UTM32", ({ north }) => decimalComma(north)],
];

const addressKinds = [
  ["PostalAddress", "Postadressens", "postalAddress"],
  ["VisitingAddress", "Besøgsadressens", "visitingAddress"],
  ["ActivityAddress", "Aktivitetsadressens", "activityAddress"],
] as const;

/** The columns of a unit's three addresses, own or inherited. */
export const addressColumns = addressKinds.flatMap(([prefix, da, key]): Column<UnitLine>[] => [
  ...addressParts.map(([name, part, of]): Column<UnitLine> => {
    return {
      name: `${prefix}${name}`,
      da: `${da} ${part}`,
      of: ({ values }) => values[key] && of(values[key].value),
    };
  }),
  {
    name: `${prefix}CountryId`,
    da: `${da} landekode (ISO 3166)`,
    isOurs: true,
    of: ({ values }) => values[key]?.value.country,
  },
  {
    name: `${prefix}Inherited`,
    da: `Om adressen er arvet: "true" når enheden ikke selv har den`,
    isOurs: true,
    of: ({ values }) => yesNo(values[key]?.inherited),
  },
]);

const kinds = ["activityAddress", "visitingAddress", "postalAddress"] as const;

/** Where a unit is: its activity address, visiting address or postal address, the first that has coordinates. */
function placeOf({ values }: UnitLine): { kind: (typeof kinds)[number]; address: PostalAddress } | undefined {
  for (const kind of kinds) {
    const address = values[kind]?.value;
    if (address?.north !== undefined && address.east !== undefined) return { kind, address };
  }
  return undefined;
}

const kindNames = {
  activityAddress: "ActivityAddress",
  visitingAddress: "VisitingAddress",
  postalAddress: "PostalAddress",
} as const;

const columns: readonly Column<UnitLine>[] = [
  { name: "SorId", da: "Enhedens SOR-kode", of: ({ row }) => row.sorId },
  {
    name: "AddressType",
    da: "Adressen: aktivitetsadressen, ellers besøgsadressen, ellers postadressen",
    isOurs: true,
    of: (line) => kindNames[placeOf(line)?.kind ?? "postalAddress"],
  },
  {
    name: "MunicipalityCode",
    da: "Kommunekode",
    isOurs: true,
    of: (line) => placeOf(line)?.address.municipalityCode,
  },
  { name: "StreetCode", da: "Vejkode", isOurs: true, of: (line) => placeOf(line)?.address.streetCode },
  {
    name: "CoordETRS89z32NMeasure",
    da: "Koordinat mod nord, meter i ETRS89/UTM32",
    isOurs: true,
    of: (line) => decimalComma(placeOf(line)?.address.north),
  },
  {
    name: "CoordETRS89z32EMeasure",
    da: "Koordinat mod øst, meter i ETRS89/UTM32",
    isOurs: true,
    of: (line) => decimalComma(placeOf(line)?.address.east),
  },
  { name: "FromDate", da: "Første dag det gælder", isOurs: true, of: ({ row }) => row.validFrom },
  {
    name: "ToDate",
    da: "Sidste dag det gælder, den dag med; tom når ingen slutdag er sat",
    isOurs: true,
    of: ({ row }) => lastDay(row.validTo),
  },
];

/** Where the units are, with their history. The authority's columns of this file are not published: these are ours. */
export const geolocationDatasets: readonly Dataset<"units">[] = [
  {
    name: "sor2-geolocations",
    title: { da: "SOR2: enhedernes koordinater", en: "SOR2: coordinates of the units" },
    path: "sor2_produktion/V1_00/data/Geolocations.csv",
    contentType: "text/csv; charset=utf-8",
    encoding: "utf-8",
    columns,
    writer: () => csvWriter(sor2Dialect, columns, (line) => placeOf(line) !== undefined),
  },
];
