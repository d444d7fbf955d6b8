/** Answers what begins or ends to hold by itself as time passes, and journals it once. */
export { type ComingChange, listComingChanges } from "./list-coming-changes.ts";
export { measureDayLag, noteDayChanges } from "./note-day-changes.ts";
export { ComingKind, ComingQuestion, ComingSubject, ComingTypes } from "./schemas.ts";
