import type { Context } from "@sor/core";
import {
  type ChangeSet,
  type Command,
  type Difference,
  endingsBrake,
  isRefusal,
  listAppliedDifferences,
  listLaterChanges,
  mustSubmitAgain,
  type Preview,
  type Problem,
  previewChangeSet,
  subjectOf,
} from "@sor/core/changesets";
import { approvalText } from "#lib/change-words.ts";
import { groupsOf, pageOf, placeOf, sequenceIn } from "#lib/server/changes/grouping.ts";
import { type Names, namesFor } from "#lib/server/changes/names.ts";
import { problemText } from "#lib/server/changes/problems.ts";
import type { SignedIn } from "#lib/server/guards.ts";
import { m } from "#lib/words/index.ts";
import { type GroupView, groupView } from "./groups.ts";

const namedFaults = 20;
const open = ["draft", "submitted", "approved", "declined"];

type Asked = { page: number; faultsOnly: boolean };

/** What the page of a set shows beside the set itself: a page of its groups, and what it means as a whole. */
export async function viewOf(ctx: Context, user: SignedIn, set: ChangeSet, asked: Asked) {
  const isOpen = open.includes(set.state);
  const preview = isOpen ? await previewChangeSet(ctx, { id: set.id }) : null;
  const differences = preview?.differences ?? (await listAppliedDifferences(ctx, { id: set.id }));
  const problems = preview?.problems ?? [];
  const mustAgain = preview !== null && mustSubmitAgain(set, preview);
  const all = groupsOf(set.items, differences, problems);
  const wanted = asked.faultsOnly ? all.filter((group) => group.problems.length > 0) : all;
  const { groups, ...pages } = pageOf(wanted, asked.page);
  const created = createdIn(set, differences);
  const faults = problems.filter(({ severity }) => severity === "error");
  const shownFaults = faults.slice(0, namedFaults);
  const names = await namesFor(
    ctx,
    {
      commands: [
        ...groups.flatMap(({ items }) => items.map(({ command }) => command)),
        ...shownFaults.flatMap(({ at }) => set.items[at]?.command ?? []),
      ],
      differences: groups.flatMap((group) => group.differences),
      problems: [...shownFaults, ...groups.flatMap((group) => group.problems)],
    },
    created,
  );
  const sequences = groups.flatMap((group) => group.problems.flatMap(({ details }) => sequenceIn(details)));
  const later = await listLaterChanges(ctx, { id: set.id, sequences });
  return {
    hash: preview?.hash ?? null,
    isChanged: mustAgain,
    groups: groups.map((group): GroupView => groupView(group, { set, names, later })),
    ...pages,
    faultCount: faults.length,
    warningCount: problems.length - faults.length,
    faults: shownFaults.map((problem) => ({
      text: problemText(problem, names),
      name: nameOf(set.items[problem.at]?.command, names),
      href: placeOf(all, set, problem),
    })),
    effects: preview && effectsView(preview, names.unit),
    may: stepsFor(user, set, { problems, mustAgain }),
  };
}

/** The name of the unit or location number that a command is about. */
function nameOf(command: Command | undefined, names: Names): string | null {
  if (!command) return null;
  const { type, id } = subjectOf(command);
  return type === "unit" ? names.unit(id) : (names.gln(id) ?? id);
}

function effectsView({ effects, glns }: Preview, unitName: (sorId: string) => string) {
  const { endings } = effects;
  return {
    glns: glns.length,
    endings,
    mustType: endings >= endingsBrake,
    approvals: effects.approvals.map(({ kind, subtreeSorId }) =>
      subtreeSorId === null
        ? approvalText(kind)
        : m.changes_needs_in({ reason: approvalText(kind), name: unitName(subtreeSorId) }),
    ),
  };
}

/** The names of the units that the set creates. */
function createdIn(set: ChangeSet, differences: readonly Difference[]): Map<string, string> {
  const created = set.items.flatMap(({ command }) =>
    command.kind === "unit.create" ? [[command.sorId, command.attributes.name] as [string, string]] : [],
  );
  const added = differences.flatMap((each) =>
    each.type === "unit"
      ? each.added.slice(-1).map(({ content }): [string, string] => [each.id, content.name])
      : [],
  );
  return new Map([...created, ...added]);
}

/** What the person may do with the set now. The use cases ask again. */
function stepsFor(
  user: SignedIn,
  set: ChangeSet,
  { problems, mustAgain }: { problems: readonly Problem[]; mustAgain: boolean },
) {
  const isAuthor = set.ownerId === user.id || set.items.some(({ addedBy }) => addedBy === user.id);
  const isOwn = set.ownerId === user.id;
  const mayAll = !problems.some(isRefusal);
  return {
    isOwn,
    mayEdit: isOwn && open.includes(set.state),
    maySubmit: isOwn && set.items.length > 0 && (["draft", "declined"].includes(set.state) || mustAgain),
    mayWithdraw: isOwn && open.includes(set.state),
    mayDecide: set.state === "submitted" && !isAuthor && mayAll,
    mayApply: set.state === "approved" && mayAll && !mustAgain,
    mayUndo: set.state === "applied",
  };
}
