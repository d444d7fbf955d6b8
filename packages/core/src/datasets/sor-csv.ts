import { nameOfCode } from "../code-lists/index.ts";
import { csvWriter, sorCsvDialect } from "./csv.ts";
import type { Column, Dataset } from "./dataset.ts";
import type { UnitLine } from "./source-rows.ts";
import {
  institutionOf,
  lastDay,
  levelNames,
  ownerOf,
  regionName,
  streetLine,
  typeName,
} from "./unit-values.ts";

const ours = true as const;
const postal = ({ values }: UnitLine) => values.postalAddress?.value;
const activity = ({ values }: UnitLine) => (values.activityAddress ?? values.visitingAddress)?.value;

function inheritance({ row, values }: UnitLine): string {
  if (row.gln !== null) return "egen";
  return values.gln ? "nedarvet" : "";
}

const location: readonly Column<UnitLine>[] = [
  { name: "Lokationsnummer", da: "Lokationsnummer, også et nedarvet", of: ({ values }) => values.gln?.value },
  {
    name: "Region",
    da: "Lokationsnummerets region",
    of: (line) => regionName(line.location?.row.regionCode),
  },
  { name: "EDB-system", da: "Lokationsnummerets system", of: (line) => line.location?.systemName },
  {
    name: "Systemleverandør",
    da: "Systemets leverandør",
    of: (line) => line.location?.supplierName,
  },
  { name: "Netoperatør", da: "Netoperatør (VANS)", of: (line) => line.location?.operatorName },
  {
    name: "Nedarvningsstatus",
    da: "Om lokationsnummeret er enhedens eget: egen eller nedarvet",
    of: inheritance,
  },
  {
    name: "Lokationsnummerstatus",
    da: "aktiv, ikke aktiv eller kun intern",
    of: ({ location: held }) => {
      if (!held) return "";
      if (held.row.nonActive) return "ikke aktiv";
      return held.row.onlyInternal ? "kun intern" : "aktiv";
    },
  },
];

const addresses: readonly Column<UnitLine>[] = [
  { name: "P_Postnummer", da: "Postadressens postnummer", of: (line) => postal(line)?.postCode },
  { name: "P_By", da: "Postadressens postdistrikt", of: (line) => postal(line)?.district },
  {
    name: "Postadresse",
    da: "Postadressens vej, husnummer, etage og dør",
    of: (line) => streetLine(postal(line)),
  },
  { name: "P_Region", da: "Enhedens region", of: ({ row }) => regionName(row.regionCode) },
  { name: "A_Postnummer", da: "Aktivitetsadressens postnummer", of: (line) => activity(line)?.postCode },
  { name: "A_By", da: "Aktivitetsadressens postdistrikt", of: (line) => activity(line)?.district },
  {
    name: "A_Adresse",
    da: "Aktivitetsadressens vej, husnummer, etage og dør",
    isOurs: ours,
    of: (line) => streetLine(activity(line)),
  },
];

const columns: readonly Column<UnitLine>[] = [
  { name: "Enhedsnavn", da: "Enhedens navn", of: ({ row }) => row.name },
  { name: "Enhedstype", da: "Enhedens type, navn", of: ({ row }) => typeName(row) },
  { name: "SOR-type", da: "Niveau: IE, SI eller OE", of: ({ row }) => levelNames[row.level] },
  { name: "Gældende fra dato", da: "Første dag oplysningerne gælder", of: ({ row }) => row.validFrom },
  {
    name: "Ophørt dato",
    da: "Sidste dag oplysningerne gælder; tom for en åben enhed",
    of: ({ row }) => lastDay(row.validTo),
  },
  { name: "Sidst ændret dato", da: "Dag for seneste ændring", of: ({ row }) => row.updatedOn },
  { name: "Sgh/Afd-kode", da: "SHAK-kode", of: ({ row }) => row.shakCode },
  { name: "SOR-kode", da: "Enhedens SOR-kode", of: ({ row }) => row.sorId },
  { name: "Parent-SOR-kode", da: "SOR-kode på enheden lige over", of: ({ row }) => row.parentSorId },
  { name: "Institutionsejer", da: "Institutionsejerens navn", of: (line) => ownerOf(line)?.name },
  { name: "Sundhedsinstitution", da: "Sundhedsinstitutionens navn", of: (line) => institutionOf(line)?.name },
  { name: "Ydernummer", da: "Ydernummer", of: ({ row }) => row.providerNumber },
  { name: "Lokalkode", da: "Ejerens egen kode", of: ({ row }) => row.localCode },
  { name: "Telefon", da: "Telefon", of: ({ values }) => values.virtualAddress?.value.telephone },
  { name: "Fax", da: "Telefax", of: ({ values }) => values.virtualAddress?.value.fax },
  { name: "Email", da: "E-mail", of: ({ values }) => values.virtualAddress?.value.email },
  { name: "Hjemmeside", da: "Hjemmeside", of: ({ values }) => values.virtualAddress?.value.website },
  ...location,
  ...addresses,
  { name: "Apoteksnummer", da: "Apoteksnummer", of: ({ row }) => row.pharmacyIdentifier },
  { name: "P-nummer", da: "P-nummer (produktionsenhed)", of: ({ row }) => row.pNumber },
  {
    name: "CVR",
    da: "CVR-nummer: enhedens eget, ellers ejerens",
    of: (line) => line.row.cvr ?? ownerOf(line)?.cvr,
  },
  {
    name: "Hovedspeciale",
    da: "Hovedspecialets navn",
    of: ({ row }) => nameOfCode("specialities", row.specialities[0]?.code ?? null),
  },
];

/** The oldest table of units in use: one row per unit that is not closed. */
export const sorCsvDatasets: readonly Dataset<"units">[] = [
  {
    name: "sor-csv",
    title: { da: "SOR som tabel (sor.csv)", en: "SOR as a table (sor.csv)" },
    path: "sor_produktion/data/sor/sorcsv/V_1_2_1_19/sor.csv",
    aliases: ["sor/data/sor/sorcsv/v_1_2_1_19/sor.csv"],
    contentType: "text/csv; charset=iso-8859-1",
    encoding: "iso-8859-1",
    columns,
    writer: () => csvWriter(sorCsvDialect, columns, ({ isShown }) => isShown),
  },
];
