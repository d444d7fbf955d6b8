import { dayInDenmark } from "../validity/index.ts";
import { csvWriter, sor2Dialect } from "./csv.ts";
import type { Column, Dataset } from "./dataset.ts";
import type { LocationLine, SourceRows } from "./source-rows.ts";
import { lastDay, regionName, yesNo } from "./unit-values.ts";

const folder = "sor2_produktion/V1_00/data";
const file = { contentType: "text/csv; charset=utf-8", encoding: "utf-8" } as const;

/** The columns of a location number. */
export const locationColumns: readonly Column<LocationLine>[] = [
  { name: "EanLocationCode", da: "Lokationsnummer (13 cifre)", of: ({ row }) => row.gln },
  { name: "FirstFromDate", da: "Første dag lokationsnummeret gjaldt", of: ({ firstFrom }) => firstFrom },
  { name: "FromDate", da: "Første dag oplysningerne i rækken gælder", of: ({ row }) => row.validFrom },
  {
    name: "ToDate",
    da: "Sidste dag oplysningerne gælder, den dag med; tom når ingen slutdag er sat",
    of: ({ row }) => lastDay(row.validTo),
  },
  {
    name: "OnlyInternalIndicator",
    da: "Om nummeret kun bruges internt hos ejeren",
    of: ({ row }) => yesNo(row.onlyInternal),
  },
  { name: "NonActiveIndicator", da: "Om nummeret ikke er i brug", of: ({ row }) => yesNo(row.nonActive) },
  { name: "SystemSupplierId", da: "Systemleverandør, kode", of: (line) => line.supplierSorCode },
  { name: "SystemSupplierName", da: "Systemleverandør, navn", of: (line) => line.supplierName },
  { name: "SystemTypeId", da: "EDB-system, kode", of: (line) => line.systemSorCode },
  { name: "SystemTypeName", da: "EDB-system, navn", of: (line) => line.systemName },
  {
    name: "CommunicationSupplierId",
    da: "Netoperatør (VANS), kode",
    of: ({ row }) => row.netOperatorCode,
  },
  { name: "CommunicationSupplierName", da: "Netoperatør (VANS), navn", of: (line) => line.operatorName },
  { name: "RegionCode", da: "Region, kode", of: ({ row }) => row.regionCode },
  { name: "RegionName", da: "Region, navn", of: ({ row }) => regionName(row.regionCode) },
  { name: "EdiAdministratorId", da: "EDI-administrator, kode", of: ({ row }) => row.ediAdministrator },
  { name: "SuccessorEanLocationCode", da: "Det nummer der afløste dette", of: ({ row }) => row.successorGln },
  {
    name: "SorIds",
    da: "Enheder der har nummeret, adskilt af mellemrum",
    of: ({ sorIds }) => sorIds.join(" "),
  },
];

type Registration = SourceRows["registrations"];
/** The columns of what a location number receives or sends. */
export const registrationColumns: readonly Column<Registration>[] = [
  { name: "EanLocationCode", da: "Lokationsnummer", of: ({ gln }) => gln },
  {
    name: "EDITypeId",
    da: "Meddelelsestype og version: kode/version",
    of: (row) => `${row.messageType}/${row.version}`,
  },
  { name: "EDIType", da: "Meddelelsestype", of: ({ messageType }) => messageType },
  { name: "EDITypeVersion", da: "Version", of: ({ version }) => version },
  { name: "Format", da: "EDIFACT, XML eller FHIR", of: ({ format }) => format },
  {
    name: "Direction",
    da: "Om nummeret modtager (receive) eller sender (send) typen",
    of: ({ direction }) => direction,
  },
  { name: "FromDate", da: "Første dag typen er tilmeldt", of: ({ validFrom }) => dayInDenmark(validFrom) },
  {
    name: "ToDate",
    da: "Sidste dag typen er tilmeldt, den dag med; tom når ingen slutdag er sat",
    of: ({ validTo }) => (validTo ? dayInDenmark(new Date(validTo.getTime() - 1)) : ""),
  },
];
const registrationSet =
  (madeAt: Date) =>
  ({ validTo }: Registration) =>
    validTo === null || validTo > madeAt;

/** The columns of a message type. */
export const typeColumns: readonly Column<SourceRows["messageTypes"]>[] = [
  {
    name: "EDITypeId",
    da: "Meddelelsestype og version: kode/version",
    of: (type) => `${type.code}/${type.version}`,
  },
  { name: "EDIType", da: "Meddelelsestype", of: ({ code }) => code },
  { name: "EDITypeVersion", da: "Version", of: ({ version }) => version },
  { name: "Format", da: "EDIFACT, XML eller FHIR", of: ({ format }) => format },
  { name: "EDITypeName", da: "Typens navn", of: ({ nameDa }) => nameDa },
  { name: "UNHType", da: "Type i UNH-segmentet, for EDIFACT", of: ({ unhType }) => unhType },
  { name: "URN", da: "Typens navn i EHMI", of: ({ urn }) => urn },
  { name: "Status", da: "current (gældende) eller superseded (afløst)", of: ({ status }) => status },
];

/** Location numbers with their history. */
export const locationDatasets: readonly Dataset<"locations">[] = [
  {
    ...file,
    name: "sor2-locations",
    title: { da: "SOR2: lokationsnumre", en: "SOR2: location numbers" },
    path: `${folder}/LocationsCodes.csv`,
    aliases: [`${folder}/LocationsCode.csv`],
    columns: locationColumns,
    writer: () => csvWriter(sor2Dialect, locationColumns),
  },
];

/** Which location numbers receive and send what, now or later; two names of the same table. */
export const registrationDatasets: readonly Dataset<"registrations">[] = [
  {
    ...file,
    name: "sor2-registrations",
    title: { da: "SOR2: lokationsnumre og meddelelsestyper", en: "SOR2: location numbers and message types" },
    path: `${folder}/LocationsCodeEDITypeMap.csv`,
    columns: registrationColumns,
    writer: ({ madeAt }) => csvWriter(sor2Dialect, registrationColumns, registrationSet(madeAt)),
  },
  {
    name: "edityper",
    title: {
      da: "Edityper: lokationsnumre og meddelelsestyper",
      en: "Edityper: location numbers and message types",
    },
    path: "sor_produktion/data/sor/sorcsv/V_1_2_1_19/Edityper.csv",
    aliases: ["sor/data/sor/sorcsv/v_1_2_1_19/edityper.csv"],
    contentType: "text/csv; charset=iso-8859-1",
    encoding: "iso-8859-1",
    columns: registrationColumns,
    writer: ({ madeAt }) =>
      csvWriter(
        { encoding: "iso-8859-1", hasBom: false, hasQuotes: false },
        registrationColumns,
        registrationSet(madeAt),
      ),
  },
];

/** The catalogue of message types. */
export const messageTypeDatasets: readonly Dataset<"messageTypes">[] = [
  {
    ...file,
    name: "sor2-message-types",
    title: { da: "SOR2: meddelelsestyper", en: "SOR2: message types" },
    path: `${folder}/EDITypes.csv`,
    columns: typeColumns,
    writer: () => csvWriter(sor2Dialect, typeColumns, ({ code, version }) => Boolean(code && version)),
  },
];
