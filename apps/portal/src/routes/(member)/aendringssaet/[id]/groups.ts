import type { ChangeSet, LaterChange, Problem } from "@sor/core/changesets";
import { type EffectKind, type EffectView, effectOf, kindOf } from "#lib/server/changes/effect.ts";
import { type Group, sequenceIn } from "#lib/server/changes/grouping.ts";
import type { Names } from "#lib/server/changes/names.ts";
import { problemText } from "#lib/server/changes/problems.ts";
import { commandText } from "./commands.ts";

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
  kind: EffectKind;
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
