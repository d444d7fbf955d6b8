import type { Context } from "@sor/core";
import type { Preview } from "@sor/core/changesets";
import type { EffectOnOne, EffectView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import { effectOf, kindOf } from "../changes/effect.ts";
import { type Group, groupsOf } from "../changes/grouping.ts";
import { type Names, namesFor } from "../changes/names.ts";
import { problemText } from "../changes/problems.ts";

const shownMax = 100;

/** A preview in words, one item for each unit and location number. */
export async function effectView(ctx: Context, preview: Preview): Promise<EffectView> {
  const { differences, effects } = preview;
  const problems = preview.problems.filter(({ severity }) => severity === "warning");
  const groups = groupsOf([], differences, []);
  const shown = groups.slice(0, shownMax);
  const created = differences.flatMap((each) =>
    each.type === "unit" ? each.added.map(({ content }): [string, string] => [each.id, content.name]) : [],
  );
  const told = { commands: [], differences: shown.flatMap((group) => group.differences), problems };
  const names = await namesFor(ctx, told, new Map(created));
  return {
    items: shown.map((group) => onOne(group, names)),
    more: groups.length - shown.length,
    warnings: [...new Set(problems.map((problem) => problemText(problem, names)))],
    needsApproval: effects.approvals.length > 0,
    endings: effects.endings,
    asksEndings: effects.isHeld,
  };
}

function onOne({ type, id, differences }: Group, names: Names): EffectOnOne {
  const isUnit = type === "unit";
  return {
    id,
    name: isUnit ? names.unit(id) : `${m.register_gln()} ${id}`,
    href: isUnit && names.hasUnit(id) ? `/enhed/${id}` : null,
    kind: kindOf(differences),
    effect: effectOf(differences, names),
  };
}
