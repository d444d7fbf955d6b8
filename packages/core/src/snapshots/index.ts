/** Answers which copies of the whole register are published as files, and makes them: at set hours and on demand. */
export { makeDueSnapshot, type SnapshotOutcome, type SnapshotPlace } from "./make-snapshot.ts";
export {
  isSnapshotName,
  type Manifest,
  manifestFile,
  publicKeyFile,
  signatureFile,
  sumsFile,
} from "./manifest.ts";
export { findSnapshotOf, listPublished, readManifest } from "./published.ts";
export { askForSnapshot, findPublishedRun, getRun, listRuns, runView, type SnapshotRun } from "./runs.ts";
export { readSchedule, type Schedule } from "./schedule.ts";
export { SnapshotFile, SnapshotManifest, SnapshotRunView } from "./schemas.ts";
