import type { ChangeSet, LaterChange, Problem } from "@sor/core/changesets";
import { attributeText } from "#lib/change-words.ts";
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
type RemarkView = { text: string; field: string | null; who: string; at: Date };
type ItemView = {
  position: number;
  text: string;
  problems: ProblemView[];
  isStale: boolean;
  /** It came since the person last looked. */
  isNew: boolean;
  remarks: RemarkView[];
};
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

type Telling = { set: ChangeSet; names: Names; later: readonly LaterChange[]; since: Date | null };

/** A group as the page shows it. */
export function groupView(group: Group, { set, names, later, since }: Telling): GroupView {
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
    items: group.items.map(({ position, command, addedAt }) => {
      const own = problemsAt.get(position) ?? [];
      return {
        position,
        text: commandText(command, names),
        problems: own.map(tell),
        isNew: since !== null && addedAt > since,
        remarks: remarksAt(set, position),
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

/** The remarks on a command, or on the one that stood at its place before. */
const remarksAt = ({ remarks }: ChangeSet, position: number): RemarkView[] =>
  remarks
    .filter((remark) => remark.position === position)
    .map(({ text, field, userName, at }) => ({
      ...{ text, who: userName, at },
      field: field === null ? null : attributeText(field),
    }));

const nameOf = (name: string, id: string) => (name === id ? null : name);
