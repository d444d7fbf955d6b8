import { nameOfCode } from "../code-lists/index.ts";
import { csvWriter, sor2Dialect } from "./csv.ts";
import type { Column, Dataset } from "./dataset.ts";
import { addressColumns } from "./sor2-addresses.ts";
import type { UnitLine } from "./source-rows.ts";
import { institutionOf, lastDay, levelNames, ownerOf, regionName, typeName, yesNo } from "./unit-values.ts";

type UnitColumn = Column<UnitLine>;
const ours = true as const;

const specialityColumns = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((at): UnitColumn[] => [
  {
    name: `PrioritizedEntitySpeciality${at + 1}Id`,
    da: `Speciale nr. ${at + 1}, SNOMED CT-kode; nr. 1 er hovedspecialet`,
    of: ({ row }) => row.specialities[at]?.code,
  },
  {
    name: `PrioritizedEntitySpeciality${at + 1}Name`,
    da: `Speciale nr. ${at + 1}, navn`,
    of: ({ row }) => nameOfCode("specialities", row.specialities[at]?.code ?? null),
  },
  {
    name: `PrioritizedEntitySpeciality${at + 1}TypeId`,
    da: `Speciale nr. ${at + 1}, specialetype`,
    isOurs: ours,
    of: ({ row }) => row.specialities[at]?.type,
  },
]);

const identity: readonly UnitColumn[] = [
  { name: "SorId", da: "Enhedens SOR-kode", of: ({ row }) => row.sorId },
  {
    name: "SorType",
    da: "Niveau: IE (institutionsejer), SI (sundhedsinstitution) eller OE (organisatorisk enhed)",
    of: ({ row }) => levelNames[row.level],
  },
  { name: "EntityName", da: "Enhedens navn", of: ({ row }) => row.name },
  {
    name: "EntityTypeId",
    da: "Enhedens type, SNOMED CT-kode",
    isOurs: ours,
    of: ({ row }) => row.typeCode,
  },
  { name: "EntityTypeName", da: "Enhedens type, navn", of: ({ row }) => typeName(row) },
  {
    name: "ParentSorId",
    da: "SOR-kode på enheden lige over; tom for en institutionsejer",
    isOurs: ours,
    of: ({ row }) => row.parentSorId,
  },
];

const above: readonly UnitColumn[] = [
  {
    name: "InstitutionOwnerSorId",
    da: "Institutionsejerens SOR-kode",
    isOurs: ours,
    of: (line) => ownerOf(line)?.sorId,
  },
  {
    name: "InstitutionOwnerEntityName",
    da: "Institutionsejerens navn",
    isOurs: ours,
    of: (line) => ownerOf(line)?.name,
  },
  {
    name: "InstitutionOwnerEntityTypeName",
    da: "Institutionsejerens type, navn",
    of: (line) => typeName(ownerOf(line)),
  },
  {
    name: "InstitutionOwnerCVRNumberId",
    da: "Institutionsejerens CVR-nummer",
    of: (line) => ownerOf(line)?.cvr,
  },
  {
    name: "HealthInstitutionSorId",
    da: "Sundhedsinstitutionens SOR-kode",
    of: (line) => institutionOf(line)?.sorId,
  },
  {
    name: "HealthInstitutionEntityName",
    da: "Sundhedsinstitutionens navn",
    of: (line) => institutionOf(line)?.name,
  },
  {
    name: "HealthInstitutionEntityTypeName",
    da: "Sundhedsinstitutionens type, navn",
    of: (line) => typeName(institutionOf(line)),
  },
];

const numbers: readonly UnitColumn[] = [
  { name: "CVRNumberId", da: "Enhedens eget CVR-nummer", isOurs: ours, of: ({ row }) => row.cvr },
  { name: "PNumberId", da: "P-nummer (produktionsenhed)", isOurs: ours, of: ({ row }) => row.pNumber },
  { name: "ShakId", da: "SHAK-kode: 4, 6 eller 7 tegn", of: ({ row }) => row.shakCode },
  { name: "ProviderId", da: "Ydernummer", isOurs: ours, of: ({ row }) => row.providerNumber },
  { name: "PharmacyId", da: "Apoteksnummer", isOurs: ours, of: ({ row }) => row.pharmacyIdentifier },
  { name: "LocalCode", da: "Ejerens egen kode", isOurs: ours, of: ({ row }) => row.localCode },
  ...[0, 1, 2, 3, 4].map((at): UnitColumn => {
    return {
      name: `LocalAttribute${at + 1}`,
      da: `Ejerens egen oplysning nr. ${at + 1}`,
      isOurs: ours,
      of: ({ row }) => row.localAttributes[at],
    };
  }),
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
];

const days: readonly UnitColumn[] = [
  { name: "FirstFromDate", da: "Første dag enheden fandtes", of: ({ firstFrom }) => firstFrom },
  { name: "FromDate", da: "Første dag oplysningerne i rækken gælder", of: ({ row }) => row.validFrom },
  {
    name: "ToDate",
    da: "Sidste dag oplysningerne gælder, den dag med; tom når ingen slutdag er sat",
    of: ({ row }) => lastDay(row.validTo),
  },
  { name: "UpdatedAtDate", da: "Dag for seneste ændring", isOurs: ours, of: ({ row }) => row.updatedOn },
];

const location: readonly UnitColumn[] = [
  {
    name: "EanLocationCode",
    da: "Lokationsnummer: enhedens eget, eller det den arver",
    isOurs: ours,
    of: ({ values }) => values.gln?.value,
  },
  {
    name: "EanLocationCodeState",
    da: "Own (eget), Inherited (nedarvet) eller None (intet)",
    isOurs: ours,
    of: ({ row }) => (row.gln !== null ? "Own" : row.glnInherited ? "Inherited" : "None"),
  },
  {
    name: "EanLocationCodeRegionName",
    da: "Lokationsnummerets region",
    of: ({ location }) => regionName(location?.row.regionCode),
  },
];

const virtual: readonly UnitColumn[] = [
  {
    name: "VirtualAddressTelephoneNumber",
    da: "Telefon",
    of: ({ values }) => values.virtualAddress?.value.telephone,
  },
  {
    name: "VirtualAddressFaxNumber",
    da: "Telefax",
    isOurs: ours,
    of: ({ values }) => values.virtualAddress?.value.fax,
  },
  {
    name: "VirtualAddressEmailAddress",
    da: "E-mail",
    of: ({ values }) => values.virtualAddress?.value.email,
  },
  {
    name: "VirtualAddressWebsite",
    da: "Hjemmeside",
    of: ({ values }) => values.virtualAddress?.value.website,
  },
  {
    name: "VirtualAddressInherited",
    da: `Om oplysningerne er arvet: "true" når enheden ikke selv har dem`,
    isOurs: ours,
    of: ({ values }) => yesNo(values.virtualAddress?.inherited),
  },
];

const rest: readonly UnitColumn[] = [
  { name: "RegionCode", da: "Enhedens region", isOurs: ours, of: ({ row }) => row.regionCode },
  {
    name: "MunicipalityCode",
    da: "Enhedens kommune, kode",
    isOurs: ours,
    of: ({ row }) => row.municipalityCode,
  },
  {
    name: "GeographicalParentRelation",
    da: "Geografisk mor: 1 selvstændig, 2 den organisatoriske mor, 3 en anden enhed, 4 ingen, 5 ukendt",
    isOurs: ours,
    of: ({ row }) => row.geographicalParentRelation,
  },
  {
    name: "GeographicalParentSorId",
    da: "Den geografiske mors SOR-kode",
    isOurs: ours,
    of: ({ row }) => row.geographicalParentSorId,
  },
  {
    name: "AmbulantActivityIndicator",
    da: "Om enheden har ambulant aktivitet",
    isOurs: ours,
    of: ({ row }) => yesNo(row.hasAmbulantActivity),
  },
  {
    name: "PatientsAdmittedIndicator",
    da: "Om enheden har indlagte patienter",
    isOurs: ours,
    of: ({ row }) => yesNo(row.admitsPatients),
  },
  {
    name: "ReportingLevelIndicator",
    da: "Om enheden indberetter til Landspatientregistret",
    isOurs: ours,
    of: ({ row }) => yesNo(row.isReportingLevel),
  },
];

/** The columns that follow from the unit alone. */
export const ownUnitColumns: readonly UnitColumn[] = [
  ...[...identity, ...numbers, ...days, ...location.slice(0, 2)],
  ...[...addressColumns, ...virtual, ...specialityColumns, ...rest],
];
/** All columns, with what is inherited and the units above. */
export const columns: readonly UnitColumn[] = [
  ...[...identity, ...above, ...numbers, ...days, ...location],
  ...[...addressColumns, ...virtual, ...specialityColumns, ...rest],
];

// Spreadsheets round a number of 16 digits; the daily file has always guarded against it.
const dailyColumns = columns.map((column): UnitColumn => {
  if (column.name !== "SorId") return column;
  const da = `${column.da}, skrevet ="kode" så regneark bevarer den`;
  return { ...column, isBare: true, da, of: ({ row }) => `="${row.sorId}"` };
});

const folder = "sor2_produktion/V1_00/data";
const file = { contentType: "text/csv; charset=utf-8", encoding: "utf-8" } as const;

/** All periods of all units, and the daily picture: units in force, closings to come, and units to come. */
export const entityDatasets: readonly Dataset<"units">[] = [
  {
    ...file,
    name: "sor2-entities",
    title: { da: "SOR2: alle enheder med historik", en: "SOR2: all units with their history" },
    path: `${folder}/SOREntity.csv`,
    columns,
    writer: () => csvWriter(sor2Dialect, columns),
  },
  {
    ...file,
    name: "sor2-daily",
    title: { da: "SOR2: dagens billede af enhederne", en: "SOR2: the day's picture of the units" },
    path: `${folder}/SorEntity_daily.csv`,
    columns: dailyColumns,
    writer: ({ day }) =>
      csvWriter(sor2Dialect, dailyColumns, ({ row }) => row.validTo === null || row.validTo > day),
  },
];
