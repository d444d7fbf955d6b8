import type { Datasets } from "./dataset.ts";
import { lineDatasets } from "./register-lines.ts";
import { shakDatasets } from "./shak.ts";
import { sorCsvDatasets } from "./sor-csv.ts";
import { entityDatasets } from "./sor2-entities.ts";
import { codeDatasets, mapDatasets, successionDatasets } from "./sor2-lists.ts";
import { locationDatasets, messageTypeDatasets, registrationDatasets } from "./sor2-locations.ts";

/** All datasets of a snapshot, by what they are read from. */
export const datasets: Datasets = {
  units: [...entityDatasets, ...mapDatasets, ...sorCsvDatasets, ...lineDatasets.units],
  locations: [...locationDatasets, ...lineDatasets.locations],
  registrations: [...registrationDatasets, ...lineDatasets.registrations],
  messageTypes: messageTypeDatasets,
  shak: shakDatasets,
  codes: codeDatasets,
  successions: [...successionDatasets, ...lineDatasets.successions],
};

const zipped = [
  ...["sor2-entities", "sor2-locations", "sor2-message-types", "sor2-registrations", "sor2-shak-sor"],
  ...["sor2-sor-shak", "sor2-codes", "sor2-successions"],
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
] as const;
