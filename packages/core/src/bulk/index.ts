/** Answers how many location numbers are changed at once: one edit of all that a filter or list selects, as one change set. */
export { type BulkDraft, type BulkPlan, draftBulk, planBulk } from "./plan-bulk.ts";
export { listSavedSearches, removeSearch, type SavedSearch, saveSearch } from "./saved-searches.ts";
export { BulkEdit, SearchToSave } from "./schemas.ts";
