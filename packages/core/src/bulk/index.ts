/** Answers how many location numbers are changed at once: by one edit of all that a filter or list selects, or by a file. */
export { forgetOldBulk, getBulk, startBulk } from "./bulk-jobs.ts";
export { registrationRows } from "./export-file.ts";
export { columnNames, fileColumns } from "./file-columns.ts";
export { getReport } from "./file-report.ts";
export type { RowFault } from "./file-rows.ts";
export { commandOf, draftBulk, rawCommands } from "./plan-bulk.ts";
export { continueBulk } from "./run-bulk.ts";
export { listSavedSearches, removeSearch, saveSearch } from "./saved-searches.ts";
export { BulkEdit, BulkJob, BulkRequest, SearchToSave } from "./schemas.ts";
export { takeFile } from "./take-file.ts";
export { tellProblems } from "./tell-problems.ts";
