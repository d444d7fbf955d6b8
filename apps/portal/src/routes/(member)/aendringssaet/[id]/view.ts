import type { Context } from "@sor/core";
import {
  type ChangeSet,
  type Command,
  type Difference,
  fieldsOf,
  findProposalOf,
  holderOf,
  isRefusal,
  listAppliedDifferences,
  listLaterChanges,
  mustSubmitAgain,
  type Preview,
  type Problem,
  type Proposal,
  type ProposalOfSet,
  previewChangeSet,
  subjectOf,
  withdrawnOn,
} from "@sor/core/changesets";
import { nameGlns, nameUnits } from "@sor/core/organisations";
import { approvalText, attributeText } from "#lib/change-words.ts";
import { type Group, groupsOf, pageOf, placeOf, sequenceIn } from "#lib/server/changes/grouping.ts";
import { type Names, namesFor } from "#lib/server/changes/names.ts";
import { problemText } from "#lib/server/changes/problems.ts";
import { sinceLastLook } from "#lib/server/changes/review.ts";
import type { SignedIn } from "#lib/server/guards.ts";
import { m } from "#lib/words/index.ts";
import { commandText } from "./commands.ts";
import { type GroupView, groupView } from "./groups.ts";

const namedFaults = 20;
const open = ["draft", "submitted", "approved", "declined", "proposed"];

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
  const { since, removed } = await sinceLastLook(ctx, user, set);
  const proposal = await findProposalOf(ctx, { id: set.id });
  const inFaults = shownFaults.flatMap(({ at }) => set.items[at]?.command ?? []);
  const names = await namesFor(ctx, mentionedIn(groups, [...removed, ...inFaults], shownFaults), created);
  const sequences = groups.flatMap((group) => group.problems.flatMap(({ details }) => sequenceIn(details)));
  const later = await listLaterChanges(ctx, { id: set.id, sequences });
  return {
    hash: preview?.hash ?? null,
    isChanged: mustAgain,
    groups: groups.map((group): GroupView => groupView(group, { set, names, later, since })),
    removed: removed.map((command) => commandText(command, names)),
    ...pages,
    faultCount: faults.length,
    warningCount: problems.length - faults.length,
    faults: shownFaults.map((problem) => ({
      text: problemText(problem, names),
      name: nameOf(set.items[problem.at]?.command, names),
      href: placeOf(all, set, problem),
    })),
    effects: preview && effectsView(preview, names.unit),
    proposal: proposal === undefined ? null : await proposalView(ctx, proposal),
    remarkFields: remarkFieldsOf(groups),
    withdrawnOn: withdrawnOn(set),
    may: stepsFor(user, set, { problems, mustAgain, proposal }),
  };
}

/** What the shown groups mention, and commands and problems beside them. */
const mentionedIn = (groups: readonly Group[], commands: readonly Command[], faults: readonly Problem[]) => ({
  commands: [...groups.flatMap(({ items }) => items.map(({ command }) => command)), ...commands],
  differences: groups.flatMap((group) => group.differences),
  problems: [...faults, ...groups.flatMap((group) => group.problems)],
});

/** What is proposed, and the name of what it is about. */
async function proposalView(ctx: Context, { subjectType, subjectId, ...proposal }: Proposal) {
  const names =
    subjectType === "unit"
      ? await nameUnits(ctx, { sorIds: [subjectId] })
      : await nameGlns(ctx, { glns: [subjectId] });
  const href = subjectType === "unit" ? `/enhed/${subjectId}` : `/lokationer/${subjectId}`;
  return { ...proposal, subject: { name: names.get(subjectId) ?? subjectId, href } };
}

/** The fields of the shown commands, each once, for a remark. */
function remarkFieldsOf(groups: readonly Group[]): { value: string; text: string }[] {
  const fields = groups.flatMap(({ items }) => items.flatMap(({ command }) => fieldsOf(command)));
  return [...new Set(fields)].map((field) => ({ value: field, text: attributeText(field) }));
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
    mustType: effects.isHeld,
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
  {
    problems,
    mustAgain,
    proposal,
  }: { problems: readonly Problem[]; mustAgain: boolean; proposal: ProposalOfSet | undefined },
) {
  const isAuthor =
    set.ownerId === user.id ||
    set.editorIds.includes(user.id) ||
    set.items.some(({ addedBy }) => addedBy === user.id);
  const isOwn = holderOf(set) === user.id;
  const isProposed = set.state === "proposed";
  const mayAnswer = isProposed && proposal?.mayAnswer === true;
  const mayAll = !problems.some(isRefusal);
  return {
    isOwn,
    mayEdit: isOwn && !isProposed && open.includes(set.state),
    maySubmit: isOwn && set.items.length > 0 && (["draft", "declined"].includes(set.state) || mustAgain),
    mayWithdraw: isOwn && open.includes(set.state),
    mayDecide: set.state === "submitted" && !isAuthor && mayAll,
    mayTake:
      !isOwn &&
      mayAll &&
      (isProposed ? mayAnswer : ["submitted", "approved", "declined"].includes(set.state)),
    mayAnswer,
    mayApply: set.state === "approved" && mayAll && !mustAgain,
    mayUndo: set.state === "applied",
  };
}
