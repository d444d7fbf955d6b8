/** Answers what changed, by whom, in one gap-free sequence: audit trail and change feed in one. */
export { appendEntries, chainHash, firstHash, journalChannel, type NewEntry } from "./append.ts";
export { type FollowJournal, followJournal, type JournalFollower } from "./follow-journal.ts";
export {
  currentSequence,
  type JournalEntry,
  type JournalFilter,
  listEntriesAfter,
  listJournal,
} from "./list-entries.ts";
export { currentPosition, findHash, hasPosition, parsePosition, positionText, stampOf } from "./position.ts";
export { journalRefusal } from "./refusals.ts";
export {
  AuditCheck,
  AuditQuery,
  type JournalAction,
  JournalKey,
  JournalQuery,
  journalActions,
  type LoginAction,
  loginActions,
} from "./schemas.ts";
export { type JournalCheck, type JournalQuestion, verifyJournal } from "./verify-journal.ts";
