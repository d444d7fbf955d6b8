import type { Context } from "@sor/core";
import { may } from "@sor/core/access";
import { type CodeListName, isUsable, listCodes } from "@sor/core/code-lists";
import { listOrganisationalLevels, type OrganisationalLevel } from "@sor/core/organisational-levels";
import {
  findOrganisation,
  getOrganisation,
  getUnitLine,
  listChildren,
  type Organisation,
  unitEtag,
  unitPathOf,
} from "@sor/core/organisations";
import { dayInDenmark } from "@sor/core/validity";
import { getLanguage } from "#lib/language.ts";
import type { Choice } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";

/** The unit that a form is about, as it is on the form's day, and what can be chosen on that day. */
export type Asked = {
  ctx: Context;
  unit: Organisation;
  day: string;
  etag: string;
  levels: OrganisationalLevel[];
  /** Units nearby, to be suggested. */
  near: Choice[];
};

/** Whether the actor may edit the unit. */
export async function mayEditUnit(ctx: Context, sorId: string): Promise<boolean> {
  if (ctx.actor.kind === "anonymous") return false;
  const unitPath = await unitPathOf(ctx.db, sorId, dayInDenmark(ctx.now));
  return may(ctx.actor, "unit.edit", { type: "unit", id: sorId, unitPath }, ctx.now);
}

const nearMax = 200;

/**
 * The unit on the day, today by default, or when it opens later, on its first day. Throws `not-found`, and `gone` when it has
 * closed by then.
 */
export async function askedUnit(ctx: Context, sorId: string, wanted?: string | null): Promise<Asked> {
  const line = await getUnitLine(ctx.db, sorId);
  const today = dayInDenmark(ctx.now);
  const [first] = line.versions;
  const day = wanted ?? (first && first.validFrom > today ? first.validFrom : today);
  const held = await findOrganisation(ctx, { sorId, validAt: day });
  const unit = held ?? (await getOrganisation(ctx, { sorId, validAt: day }));
  return {
    ctx,
    unit,
    day,
    etag: unitEtag(line.versions),
    levels: await listOrganisationalLevels(ctx.db),
    near: await unitsNear(ctx, unit, day),
  };
}

/** Siblings, their parent, and units below: what is most often chosen. */
async function unitsNear(ctx: Context, unit: Organisation, day: string): Promise<Choice[]> {
  const parent = unit.path.at(-2);
  const below = async (sorId: string | null) =>
    (await listChildren(ctx, { sorId, validAt: day, limit: nearMax })).items;
  const above = unit.path.at(-3);
  const found = [
    ...(parent ? [parent, ...(await below(parent.sorId))] : await below(null)),
    ...(above ? [above, ...(await below(above.sorId))] : []),
  ];
  const others = new Map(
    found.filter(({ sorId }) => sorId !== unit.sorId).map((each) => [each.sorId, each.name]),
  );
  return [...others].map(([sorId, name]) => ({ value: unitValue({ sorId, name }), text: name }));
}

/** A unit as the value of a field: its name and SOR id. */
const unitValue = ({ sorId, name }: { sorId: string; name: string }): string => `${name} · ${sorId}`;

/** The codes of a list that a unit of the level can be given on the day, and the one that it has, in the page's language. */
export function codeChoices(
  list: CodeListName,
  { level, day, present }: { level: Organisation["level"]; day: string; present: string | null },
): Choice[] {
  const language = getLanguage();
  return listCodes(list)
    .filter(({ code }) => code === present || isUsable(list, code, level, day))
    .map((code) => ({ value: code.code, text: code[language] }))
    .toSorted((a, b) => a.text.localeCompare(b.text, language));
}

/** The choice of no value at all, before others. */
export const withNone = (choices: readonly Choice[]): Choice[] => [
  { value: "", text: m.units_none() },
  ...choices,
];
