import type { JournalEntry } from "../journal/index.ts";

type Registered = { messageType: string; version: string; direction?: string };
type Facts = { registrations?: Registered[] } | null;

const registrationsOf = (facts: unknown): Registered[] => (facts as Facts)?.registrations ?? [];

/**
 * The message types whose registrations an entry changes, by code; undefined for an entry that is not about registrations. Pure.
 */
export function changedTypes(entry: JournalEntry): string[] | undefined {
  const all = [entry.before, entry.after].flatMap(registrationsOf);
  if (all.length === 0) return undefined;
  return [...new Set(all.map(({ messageType }) => messageType))].toSorted();
}

/** Whether an entry is about a change of the register that a watch may tell: done, of a unit or a location number. Pure. */
export const isTold = ({ outcome, subjectType }: JournalEntry): boolean =>
  outcome === "done" && (subjectType === "unit" || subjectType === "location");

const prefix = "00000000-0000-8000-8000-";

/** The outbox's id of an entry of the journal: a UUID (version 8) with its number. */
export const eventOfSequence = (sequence: number): string =>
  `${prefix}${sequence.toString(16).padStart(12, "0")}`;

/** The number of the entry that an outbox event is about. */
export const sequenceOfEvent = (eventId: string): number => Number.parseInt(eventId.slice(prefix.length), 16);
