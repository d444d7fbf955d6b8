import { isDeepStrictEqual } from "node:util";
import type { JournalEntry } from "../journal/index.ts";
import { type JournalPeriod, JournalRegistrations, JournalVersions } from "./schemas.ts";

/** A period of validity; ends are instants for registrations and days for the rest. */
export type HistoryPeriod = {
  validFrom: string;
  validTo: string | null;
  endpointId: string | null;
  endpointName: string | null;
};

/** The change of one thing: a message type in a version, or a field of the location number. */
export type HistoryChange = {
  kind: "added" | "changed" | "ended";
  subject:
    | { of: "registration"; messageType: string; version: string; direction: "receive" | "send" }
    | { of: "field"; name: string; from: string | null; to: string | null };
  before: HistoryPeriod[];
  after: HistoryPeriod[];
};

type Read = Pick<JournalEntry, "action" | "subjectType" | "before" | "after">;

/** The changes of a location number's registrations and fields in a journal entry; empty for entries about other things. */
export function readHistoryEntry(entry: Read): HistoryChange[] {
  if (entry.action === "location.edit") return fieldChanges(entry);
  return entry.subjectType === "location" ? registrationChanges(entry) : [];
}

/** The sequence number of the journal entry that an entry undid; null for all others. */
export function undoneBy(entry: Read): number | null {
  return JournalRegistrations.safeParse(entry.after).data?.undoes ?? null;
}

function registrationChanges(entry: Read): HistoryChange[] {
  const before = JournalRegistrations.safeParse(entry.before).data?.registrations ?? [];
  const after = JournalRegistrations.safeParse(entry.after).data?.registrations ?? [];
  const keyOf = (each: JournalPeriod) => `${each.messageType} ${each.version} ${each.direction}`;
  return [...new Set([...before, ...after].map(keyOf))].toSorted().map((key) => {
    const [was, is] = [before, after].map((list) => list.filter((each) => keyOf(each) === key));
    const [first] = [...(was ?? []), ...(is ?? [])];
    const { messageType = "", version = "", direction = "receive" } = first ?? {};
    return {
      kind: kindOf(was?.length ?? 0, is?.length ?? 0),
      subject: { of: "registration", messageType, version, direction },
      before: (was ?? []).map(periodOf),
      after: (is ?? []).map(periodOf),
    };
  });
}

const periodOf = ({ validFrom, validTo, endpointId }: JournalPeriod): HistoryPeriod => ({
  validFrom,
  validTo,
  endpointId,
  endpointName: null,
});

function kindOf(before: number, after: number): HistoryChange["kind"] {
  if (before === 0) return "added";
  return after === 0 ? "ended" : "changed";
}

// The last period shows the final value before and after the change.
function fieldChanges(entry: Read): HistoryChange[] {
  const before = JournalVersions.safeParse(entry.before).data?.versions.at(-1) ?? {};
  const after = JournalVersions.safeParse(entry.after).data?.versions.at(-1) ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names
    .filter((name) => !isDeepStrictEqual(before[name] ?? null, after[name] ?? null))
    .map((name) => {
      const [from, to] = [textOf(before[name]), textOf(after[name])];
      const kind = from === null ? "added" : to === null ? "ended" : "changed";
      return { kind, subject: { of: "field", name, from, to }, before: [], after: [] };
    });
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
