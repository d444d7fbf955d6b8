import { effectiveValues, type VersionRow } from "../organisations/index.ts";
import type { Column, ColumnText, Datasets } from "./dataset.ts";
import { hierarchyDatasets } from "./region-hierarchy.ts";
import { lineDatasets } from "./register-lines.ts";
import { shakDatasets } from "./shak.ts";
import { shakRegionDatasets } from "./shak-region.ts";
import { sorCsvDatasets } from "./sor-csv.ts";
import { dataTypeDatasets } from "./sor-data-types.ts";
import { sorXmlDatasets } from "./sor-xml.ts";
import { geolocationDatasets } from "./sor2-addresses.ts";
import { columns, entityDatasets, ownUnitColumns } from "./sor2-entities.ts";
import { codeColumns, codeDatasets, mapDatasets, shakSor, successionDatasets } from "./sor2-lists.ts";
import {
  locationColumns,
  locationDatasets,
  messageTypeDatasets,
  registrationColumns,
  registrationDatasets,
  typeColumns,
} from "./sor2-locations.ts";
import type { LocationFacts, UnitLine } from "./source-rows.ts";

/** All datasets of a snapshot, by what they are read from. */
export const datasets: Datasets = {
  units: [
    ...[...entityDatasets, ...geolocationDatasets, ...mapDatasets, ...sorCsvDatasets, ...sorXmlDatasets],
    ...[...hierarchyDatasets, ...lineDatasets.units],
  ],
  locations: [...locationDatasets, ...lineDatasets.locations],
  registrations: [...registrationDatasets, ...lineDatasets.registrations],
  messageTypes: messageTypeDatasets,
  shak: [...shakDatasets, ...shakRegionDatasets],
  codes: [...codeDatasets, ...dataTypeDatasets],
  successions: [...successionDatasets, ...lineDatasets.successions],
};

const zipped = [
  ...["sor2-entities", "sor2-locations", "sor2-message-types", "sor2-registrations", "sor2-shak-sor"],
  ...["sor2-sor-shak", "sor2-codes", "sor2-successions", "sor2-geolocations"],
];

/** The files of several datasets in one: their names inside it are those of their own files. */
export const bundles = [
  {
    name: "sor2-complete",
    title: { da: "SOR2: alle filer i én zip", en: "SOR2: all files in one zip" },
    path: "sor2_produktion/V1_00/data/Sor_complete.zip",
    contentType: "application/zip",
    datasets: zipped,
  },
  {
    name: "sor-xml-v2-zip",
    title: { da: "SOR XML version 2 med kodelister, zip", en: "SOR XML version 2 with code lists, zip" },
    path: "sor_produktion/data/sor/sorxml/v_2_0_0/Sor.zip",
    contentType: "application/zip",
    datasets: ["sor-xml-v2", "sor-data-types"],
  },
  {
    name: "sor-xml-v3-zip",
    title: { da: "SOR XML version 3 med kodelister, zip", en: "SOR XML version 3 with code lists, zip" },
    path: "sor_produktion/data/sor/sorxml/v_3_0_0/Sor.zip",
    contentType: "application/zip",
    datasets: ["sor-xml-v3", "sor-data-types"],
  },
] as const;

type Described = { name: string; title: { da: string; en: string }; path: string; columns: ColumnText[] };

/** What each file is, with its columns in their order; a zip has none of its own. */
export function describeDatasets(): Described[] {
  const single = Object.values(datasets).flatMap((of) =>
    of.map(({ name, title, path, columns }) => {
      const told = columns.map(({ name: column, da, isOurs, isDerived }) => ({
        name: column,
        da,
        ...(isOurs && { isOurs }),
        ...(isDerived && { isDerived }),
      }));
      return { name, title, path, columns: told };
    }),
  );
  return [...single, ...bundles.map(({ name, title, path }) => ({ name, title, path, columns: [] }))];
}

/** A unit alone, without what it inherits and without the units above it. */
function lineOf({ row, firstFrom }: { row: VersionRow; firstFrom: string }): UnitLine {
  return {
    ...{ row, firstFrom, path: [row], values: effectiveValues([row]), location: null },
    ...{ isShown: true, isPlaced: true, replaces: [], replacedBy: [] },
  };
}

const fromOthers = ["FirstFromDate", "SorIds"];

/** The columns of the SOR2 files for services that give single rows: what follows from the row alone, and whole units. */
export const ownColumns = {
  lineOf,
  units: ownUnitColumns,
  entities: columns,
  shakSor,
  codes: codeColumns,
  registrations: registrationColumns,
  messageTypes: typeColumns,
  locations: locationColumns.filter(
    ({ name }) => !fromOthers.includes(name),
  ) as unknown as readonly Column<LocationFacts>[],
};
