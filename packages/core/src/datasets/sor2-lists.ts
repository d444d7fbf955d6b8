import { csvWriter, sor2Dialect } from "./csv.ts";
import type { Column, Dataset } from "./dataset.ts";
import type { CodeLine, SourceRows, UnitLine } from "./source-rows.ts";
import { lastDay, levelNames, typeName } from "./unit-values.ts";

const folder = "sor2_produktion/V1_00/data";
const file = { contentType: "text/csv; charset=utf-8", encoding: "utf-8" } as const;

const sor: Column<UnitLine> = { name: "SorId", da: "Enhedens SOR-kode", of: ({ row }) => row.sorId };
const shak: Column<UnitLine> = { name: "ShakId", da: "SHAK-kode", of: ({ row }) => row.shakCode };
const mapped: readonly Column<UnitLine>[] = [
  { name: "SorType", da: "Niveau: IE, SI eller OE", of: ({ row }) => levelNames[row.level] },
  { name: "EntityName", da: "Enhedens navn", of: ({ row }) => row.name },
  { name: "EntityTypeName", da: "Enhedens type, navn", of: ({ row }) => typeName(row) },
  {
    name: "OrganisationalLevelCode",
    da: "Klinisk-administrativt niveau (ID27), kode",
    of: ({ row }) => row.organisationalLevelCode,
  },
  {
    name: "OrganisationalLevelName",
    da: "Klinisk-administrativt niveau (ID27), navn",
    of: ({ row }) => row.organisationalLevelName,
  },
  { name: "FromDate", da: "Første dag enheden har koden", of: ({ row }) => row.validFrom },
  {
    name: "ToDate",
    da: "Sidste dag enheden har koden, den dag med; tom når ingen slutdag er sat",
    of: ({ row }) => lastDay(row.validTo),
  },
];
/** From SHAK to SOR. */
export const shakSor = [shak, sor, ...mapped];
const sorShak = [sor, shak, ...mapped];
const hasShak = ({ row }: UnitLine) => row.shakCode !== null;

/** The maps between SHAK and SOR, from either side. */
export const mapDatasets: readonly Dataset<"units">[] = [
  {
    ...file,
    name: "sor2-shak-sor",
    title: { da: "SOR2: fra SHAK til SOR", en: "SOR2: from SHAK to SOR" },
    path: `${folder}/SHAKSORMap.csv`,
    columns: shakSor,
    writer: () => csvWriter(sor2Dialect, shakSor, hasShak),
  },
  {
    ...file,
    name: "sor2-sor-shak",
    title: { da: "SOR2: fra SOR til SHAK", en: "SOR2: from SOR to SHAK" },
    path: `${folder}/SORSHAKMap.csv`,
    columns: sorShak,
    writer: () => csvWriter(sor2Dialect, sorShak, hasShak),
  },
];

/** The columns of a code. */
export const codeColumns: readonly Column<CodeLine>[] = [
  { name: "Classification", da: "Kodelistens navn", of: ({ list }) => list },
  { name: "Code", da: "Koden", of: ({ code }) => code.code },
  { name: "Name", da: "Dansk navn", of: ({ code }) => code.da },
  { name: "NameEnglish", da: "Engelsk navn", isOurs: true, of: ({ code }) => code.en },
  {
    name: "SorTypes",
    da: "Niveauer koden kan bruges på, adskilt af mellemrum",
    isOurs: true,
    of: ({ code }) => code.for.map((level) => levelNames[level]).join(" "),
  },
  {
    name: "FromDate",
    da: "Første dag koden kan vælges; tom når den ikke kendes",
    of: ({ code }) => code.from,
  },
  {
    name: "ToDate",
    da: "Sidste dag koden kan vælges; tom når ingen slutdag er sat",
    of: ({ code }) => lastDay(code.to ?? null),
  },
];

/** The code lists. */
export const codeDatasets: readonly Dataset<"codes">[] = [
  {
    ...file,
    name: "sor2-codes",
    title: { da: "SOR2: kodelister", en: "SOR2: code lists" },
    path: `${folder}/SORClassifications.csv`,
    columns: codeColumns,
    writer: () => csvWriter(sor2Dialect, codeColumns),
  },
];

const successionColumns: readonly Column<SourceRows["successions"]>[] = [
  { name: "SorId", da: "Den afløste enheds SOR-kode", of: ({ fromSorId }) => fromSorId },
  { name: "ReplacedBySorId", da: "SOR-koden på enheden der afløste den", of: ({ toSorId }) => toSorId },
];

/** Which unit replaced which. */
export const successionDatasets: readonly Dataset<"successions">[] = [
  {
    ...file,
    name: "sor2-successions",
    title: { da: "SOR2: afløste enheder", en: "SOR2: replaced units" },
    path: `${folder}/SORReplacedEntities.csv`,
    columns: successionColumns,
    writer: () => csvWriter(sor2Dialect, successionColumns),
  },
];
