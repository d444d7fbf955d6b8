import type { ChangeSet, Difference, LaterChange, Problem } from "@sor/core/changesets";
import { type HistoryChange, readHistoryEntry } from "@sor/core/message-types";
import { commandText } from "./commands.ts";
import { type Group, sequenceIn } from "./grouping.ts";
import { type ChangeLine, linesOf } from "./lines.ts";
import { listText, type Names } from "./names.ts";
import { problemText } from "./problems.ts";

/** What a difference says: periods, successors and message types. */
export type EffectView = { lines: ChangeLine[]; successors: string | null; registrations: HistoryChange[] };
/** A problem of a command, and what changed meanwhile where that is the problem. */
type ProblemView = {
  severity: Problem["severity"];
  text: string;
  later: { at: Date; effect: EffectView } | null;
};
type ItemView = { position: number; text: string; problems: ProblemView[]; isStale: boolean };
export type GroupView = {
  key: string;
  type: Group["type"];
  id: string;
  name: string | null;
  /** The page of the unit or location number; null for one that the set creates. */
  href: string | null;
  kind: "added" | "changed" | "ended" | "unchanged";
  items: ItemView[];
  faults: number;
  warnings: number;
  effect: EffectView;
};

type Telling = { set: ChangeSet; names: Names; later: readonly LaterChange[] };

/** A group as the page shows it. */
export function groupView(group: Group, { set, names, later }: Telling): GroupView {
  const { type, id, problems } = group;
  const isStored = type === "unit" ? names.hasUnit(id) : true;
  const problemsAt = Map.groupBy(problems, ({ at }) => set.items[at]?.position ?? 0);
  const tell = (problem: Problem): ProblemView => {
    const [sequence] = sequenceIn(problem.details);
    const change = later.find((each) => each.sequence === sequence);
    return {
      severity: problem.severity,
      text: problemText(problem, names),
      later: change ? { at: change.at, effect: effectOf([change.difference], names) } : null,
    };
  };
  const faults = problems.filter(({ severity }) => severity === "error").length;
  return {
    key: `${type}-${id}`,
    type,
    id,
    name: type === "unit" ? nameOf(names.unit(id), id) : names.gln(id),
    href: isStored ? (type === "unit" ? `/enhed/${id}` : `/lokationer/${id}`) : null,
    kind: kindOf(group.differences),
    items: group.items.map(({ position, command }) => {
      const own = problemsAt.get(position) ?? [];
      return {
        position,
        text: commandText(command, names),
        problems: own.map(tell),
        isStale: own.some(
          ({ fault, details }) => fault === "changed-since" && sequenceIn(details).length > 0,
        ),
      };
    }),
    faults,
    warnings: problems.length - faults,
    effect: effectOf(group.differences, names),
  };
}

const nameOf = (name: string, id: string) => (name === id ? null : name);

function effectOf(differences: readonly Difference[], names: Names): EffectView {
  const effect: EffectView = { lines: [], successors: null, registrations: [] };
  for (const each of differences) {
    if (each.type === "unit" || each.type === "location") effect.lines.push(...linesOf(each, names));
    else if (each.type === "successors")
      effect.successors = listText(each.added.map((sorId) => names.unit(sorId)));
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

function kindOf(differences: readonly Difference[]): GroupView["kind"] {
  if (differences.length === 0) return "unchanged";
  const line = differences.find(({ type }) => type === "unit" || type === "location");
  if (!line || line.type === "successors" || line.type === "registrations") return "changed";
  if (line.removed.length === 0) return "added";
  const endOf = (periods: readonly { validTo: string | null }[]) => periods.at(-1)?.validTo ?? null;
  if (line.added.length === 0) return "ended";
  const [was, is] = [endOf(line.removed), endOf(line.added)];
  return is !== null && (was === null || is < was) ? "ended" : "changed";
}
