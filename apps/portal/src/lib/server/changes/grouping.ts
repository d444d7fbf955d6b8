import {
  type ChangeSet,
  type ChangeSetItem,
  type Difference,
  type Problem,
  subjectOf,
} from "@sor/core/changesets";

/** A group of the set: a unit or location number, the commands about it, their problems and what they do. */
export type Group = {
  type: "unit" | "location";
  id: string;
  items: ChangeSetItem[];
  problems: Problem[];
  differences: Difference[];
};

/** Commands on one page. */
const pageItems = 200;
/** The number of the journal entry that a problem names, if it names one. */
export const sequenceIn = (details: Problem["details"]): number[] =>
  typeof details["sequence"] === "number" ? [details["sequence"]] : [];

const keyOf = ({ type, id }: { type: string; id: string }) =>
  `${["unit", "successors", "withdrawal"].includes(type) ? "unit" : "location"} ${id}`;

/** Commands and differences by the unit or location number that they concern, in the order of the commands. */
export function groupsOf(
  items: readonly ChangeSetItem[],
  differences: readonly Difference[],
  problems: readonly Problem[],
): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (subject: { type: string; id: string }): Group => {
    const key = keyOf(subject);
    const type = key.startsWith("unit") ? "unit" : "location";
    const group = groups.get(key) ?? { type, id: subject.id, items: [], problems: [], differences: [] };
    groups.set(key, group);
    return group;
  };
  for (const item of items) groupOf(subjectOf(item.command)).items.push(item);
  for (const difference of differences) groupOf(difference).differences.push(difference);
  for (const problem of problems) {
    const item = items[problem.at];
    groupOf(item ? subjectOf(item.command) : problem.subject).problems.push(problem);
  }
  return [...groups.values()];
}

/** One line for each command, and one for a group without any. */
const linesOf = (all: readonly Group[]): { group: Group; item: ChangeSetItem | null }[] =>
  all.flatMap((group) => (group.items.length > 0 ? group.items : [null]).map((item) => ({ group, item })));

/** The groups of a page of commands; a group whose commands fill more than the page goes on on the next. */
export function pageOf(all: readonly Group[], page: number) {
  const lines = linesOf(all);
  const from = (page - 1) * pageItems;
  const shown = lines.slice(from, from + pageItems);
  const groups = [...Map.groupBy(shown, ({ group }) => group)].map(
    ([group, own]): Group => ({
      ...group,
      items: own.flatMap(({ item }) => item ?? []),
    }),
  );
  const count = lines.length;
  return { groups, page, count, from: from + 1, to: from + shown.length, hasNext: from + pageItems < count };
}

/** Where the command with a problem stands: its page and its element. */
export function placeOf(all: readonly Group[], set: ChangeSet, { at }: Problem): string {
  const item = set.items[at];
  const index = linesOf(all).findIndex((line) => line.item === item);
  const page = Math.floor(Math.max(0, index) / pageItems) + 1;
  return `${page > 1 ? `?side=${page}` : ""}#rettelse-${item?.position ?? ""}`;
}
