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

const toldTypes = ["unit", "location", "message-type-version"];

/** Whether an entry is about a change that a watch may tell: done, of a unit, a location number or the phasing out of a version. Pure. */
export const isTold = ({ outcome, subjectType }: JournalEntry): boolean =>
  outcome === "done" && toldTypes.includes(subjectType);

/** The type and version that an entry is about; undefined for another entry. Pure. */
export function versionOf({
  subjectType,
  subjectId,
}: JournalEntry): [type: string, version: string] | undefined {
  const [type, version] = subjectId.split(" ");
  return subjectType === "message-type-version" && type && version ? [type, version] : undefined;
}

const prefix = "00000000-0000-8000-8000-";

/** The outbox's id of an entry of the journal: a UUID (version 8) with its number. */
export const eventOfSequence = (sequence: number): string =>
  `${prefix}${sequence.toString(16).padStart(12, "0")}`;

/** The number of the entry that an outbox event is about. */
export const sequenceOfEvent = (eventId: string): number => Number.parseInt(eventId.slice(prefix.length), 16);
