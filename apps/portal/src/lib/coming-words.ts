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

/** The title of a change in a feed or a calendar, in Danish. */
export function comingTitle({ kind, subject, begins, ends, name, id }: Change): string {
  const who = name ?? id;
  if (subject === "unit") return `${who} ${danishKind[kind]}`;
  if (subject === "location") return `Lokationsnummer ${id} (${who}) ${danishKind[kind]}`;
  const types = [
    ...(begins.length > 0 ? [`modtager ${begins.join(", ")}`] : []),
    ...(ends.length > 0 ? [`ophører med ${ends.join(", ")}`] : []),
  ];
  return `${who}: ${types.join("; ")}`;
}
