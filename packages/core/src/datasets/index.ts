/** Answers which files hold the register, what stands in each, and how it is read and written, row by row. */
export type { ColumnText, Dataset, Datasets, Encoding, SnapshotFacts, Writer } from "./dataset.ts";
export { bundles, datasets, describeDatasets, ownColumns } from "./datasets.ts";
export { encodeText } from "./encode-text.ts";
export { createSetHash } from "./ndjson.ts";
export { readLocationsOf, readSource } from "./read-sources.ts";
export { loadLocationFacts, readUnitsOn } from "./read-units.ts";
export { lineDatasets, lineOf } from "./register-lines.ts";
export { shakDeltaRow } from "./shak.ts";
export type { LocationFacts, SourceName, SourceRows, UnitLine as EntityLine } from "./source-rows.ts";
