import type { JournalEntry } from "../journal/index.ts";

type Facts = { versions?: { parentSorId?: string | null; gln?: string | null }[] } | null;

const versionsOf = ({ before, after }: JournalEntry) =>
  [before, after].flatMap((facts) => (facts as Facts)?.versions ?? []);

/** Whether an entry may have taken a unit, and what is below it, to another place. Pure. */
export function mayMove(entry: JournalEntry): boolean {
  if (entry.subjectType !== "unit") return false;
  if (entry.action === "validity.change") return true;

  return new Set(versionsOf(entry).map(({ parentSorId }) => parentSorId ?? null)).size > 1;
}

/** The location numbers whose lines an entry may have changed. Pure. */
export function touchedGlns(entry: JournalEntry): string[] {
  if (entry.subjectType === "location") return [entry.subjectId];
  if (entry.subjectType !== "unit") return [];
  const versions = versionsOf(entry);
  return versions.length > 0 ? versions.flatMap(({ gln }) => gln ?? []) : entry.glns;
}

/** The units whose lines an entry may have changed. Pure. */
export const touchedUnits = (entry: JournalEntry): string[] =>
  entry.subjectType === "unit" ? [entry.subjectId] : [];
