/** Answers what begins or ends to hold by itself as time passes, and journals it once. */
export { noteDayChanges } from "./note-day-changes.ts";
