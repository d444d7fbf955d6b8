import type { ComingChange } from "@sor/core/day-changes";
import { m } from "#lib/words/index.ts";

type Change = Pick<ComingChange, "kind" | "subject" | "begins" | "ends" | "name" | "id">;

/** What happens, in the page's language. */
export function comingKind({ kind }: Pick<Change, "kind">): { text: string; tone: string } {
  switch (kind) {
    case "begins":
      return { text: m.coming_begins(), tone: "good" };
    case "changes":
      return { text: m.coming_changes(), tone: "info" };
    case "ends":
      return { text: m.coming_ends(), tone: "bad" };
  }
}

/** What it happens to. */
export function comingSubject(subject: Change["subject"]): string {
  const names = {
    unit: m.coming_unit,
    location: m.coming_location,
    registrations: m.coming_registrations,
  };
  return names[subject]();
}

// Feeds and calendars are in Danish, whoever reads them.
const danishKind = { begins: "begynder", changes: "ændres", ends: "ophører" };

type Types = Change["begins"];

const toldTypes = ({ receive, send }: Types, told: Record<keyof Types, string>): string[] => [
  ...(receive.length > 0 ? [`${told.receive} ${receive.join(", ")}`] : []),
  ...(send.length > 0 ? [`${told.send} ${send.join(", ")}`] : []),
];

/** Which types are received and sent from the day on, and which no longer, one sentence each in the page's language. */
export function comingTypes({ begins, ends }: Pick<Change, "begins" | "ends">): string[] {
  const told = (types: string[], sentence: (values: { types: string }) => string) =>
    types.length > 0 ? [sentence({ types: types.join(", ") })] : [];
  return [
    ...told(begins.receive, m.coming_types_received),
    ...told(begins.send, m.coming_types_sent),
    ...told(ends.receive, m.coming_types_received_end),
    ...told(ends.send, m.coming_types_sent_end),
  ];
}

/** The title of a change in a feed or a calendar, in Danish. */
export function comingTitle({ kind, subject, begins, ends, name, id }: Change): string {
  const who = name ?? id;
  if (subject === "unit") return `${who} ${danishKind[kind]}`;
  if (subject === "location") return `Lokationsnummer ${id} (${who}) ${danishKind[kind]}`;
  const types = [
    ...toldTypes(begins, { receive: "modtager", send: "sender" }),
    ...toldTypes(ends, { receive: "ophører med at modtage", send: "ophører med at sende" }),
  ];
  return `${who}: ${types.join("; ")}`;
}
