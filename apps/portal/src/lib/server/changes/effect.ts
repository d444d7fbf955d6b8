import type { Difference } from "@sor/core/changesets";
import { type HistoryChange, readHistoryEntry } from "@sor/core/message-types";
import { reasonText, withShare } from "#lib/succession-words.ts";
import { type ChangeLine, linesOf } from "./lines.ts";
import { listText, type Names } from "./names.ts";

/** What differences say: periods, successors, whether a unit is registered in error, and message types. */
export type EffectView = {
  lines: ChangeLine[];
  successors: string | null;
  /** The reason; empty for a unit that no longer is. */
  withdrawal: string | null;
  registrations: HistoryChange[];
};
/** What happens to a unit or location number as a whole. */
export type EffectKind = "added" | "changed" | "ended" | "unchanged";

/** What the differences of one unit or location number say. */
export function effectOf(differences: readonly Difference[], names: Names): EffectView {
  const effect: EffectView = { lines: [], successors: null, withdrawal: null, registrations: [] };
  for (const each of differences) {
    if (each.type === "unit" || each.type === "location") effect.lines.push(...linesOf(each, names));
    else if (each.type === "successors")
      effect.successors = listText(each.added.map(({ sorId, share }) => withShare(names.unit(sorId), share)));
    else if (each.type === "withdrawal")
      effect.withdrawal = each.added.map(({ reason }) => reasonText(reason)).join();
    else effect.registrations.push(...registrationsOf(each, names));
  }
  return effect;
}

function registrationsOf(
  { removed, added }: Extract<Difference, { type: "registrations" }>,
  names: Names,
): HistoryChange[] {
  // In the form of a journal entry, which is how both become lines of a history.
  const [before, after] = [removed, added].map((facts) => ({
    registrations: JSON.parse(JSON.stringify(facts)) as unknown,
  }));
  const entry = { action: "registration.edit", subjectType: "location", before, after };
  const withName = (period: HistoryChange["after"][number]) => ({
    ...period,
    endpointName: names.endpoint(period.endpointId ?? ""),
  });
  return readHistoryEntry(entry).map((change) => ({ ...change, after: change.after.map(withName) }));
}

/** What the differences of one unit or location number do to it as a whole. */
export function kindOf(differences: readonly Difference[]): EffectKind {
  if (differences.length === 0) return "unchanged";
  const line = differences.find((each) => each.type === "unit" || each.type === "location");
  if (!line) return "changed";
  if (line.removed.length === 0) return "added";
  const endOf = (periods: readonly { validTo: string | null }[]) => periods.at(-1)?.validTo ?? null;
  if (line.added.length === 0) return "ended";
  const [was, is] = [endOf(line.removed), endOf(line.added)];
  return is !== null && (was === null || is < was) ? "ended" : "changed";
}
