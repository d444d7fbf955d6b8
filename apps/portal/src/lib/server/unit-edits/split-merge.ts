import { findOrganisation, type Organisation, OrganisationAttributes } from "@sor/core/organisations";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import { faultSentence } from "../fault-text.ts";
import { dayField } from "./day-field.ts";
import type { Form } from "./form.ts";
import type { Guided } from "./guided.ts";
import { indicatorFields, isIndicator, readIndicators } from "./indicators.ts";
import { childrenOf, followingOf, numberEnds, ownNumbers, unitsBelow } from "./subtree.ts";
import type { Asked } from "./unit.ts";

const othersMax = 3;
const places = ["first", "second"] as const;
const idOf = { first: "new:first", second: "new:second" } as const;

/** The attributes that a unit hands on to one that takes over: all but its numbers, its name and the day of its last change. */
function handedOn(unit: Organisation, form: Form, name: string): Record<string, unknown> {
  const { updatedOn: _, gln: __, ...rest } = OrganisationAttributes.shape;
  const kept = Object.keys(rest).map((key) => [key, unit[key as keyof typeof rest]]);
  const answers = unit.level === "unit" ? readIndicators(form) : {};
  return { ...Object.fromEntries(kept), name, ...answers };
}

/** What the units that take over answer, asked because an earlier unit may never have answered it. */
const answersOf = (unit: Organisation): FieldView[] =>
  unit.level === "unit" ? indicatorFields(unit, m.units_part_indicators()) : [];

const placeChoices = () => [
  { value: "first", text: m.units_split_first() },
  { value: "second", text: m.units_split_second() },
];

const chosenPlace = (form: Form, field: string) => (form.text(field) === "second" ? "second" : "first");

/** A unit is closed and two new ones take over, beside it; units below and the location number go to one of them. */
export const splitUnit: Guided = {
  fields: async (asked) => {
    const { ctx, unit, day } = asked;
    const below = childrenOf(await unitsBelow(ctx, unit.sorId, day));
    const name = (place: string, label: string): FieldView => ({
      name: `${place}.name`,
      label,
      kind: "text",
      value: unit.name,
      isRequired: true,
      maxLength: 60,
    });
    const place = { kind: "choice", value: "first", options: placeChoices() } as const;
    return [
      dayField(asked),
      name("first", m.units_split_first_name()),
      name("second", m.units_split_second_name()),
      ...(unit.gln === null ? [] : [{ name: "gln", label: `${m.register_gln()} ${unit.gln}`, ...place }]),
      ...answersOf(unit),
      ...below.map((child) => ({
        name: `below.${child.sorId}`,
        label: child.name,
        group: m.units_split_below(),
        ...place,
      })),
    ];
  },
  wanted: async ({ ctx, unit, day }, form) => {
    const validFrom = form.day("validFrom");
    const below = childrenOf(await unitsBelow(ctx, unit.sorId, validFrom ?? day));
    const numberTo = chosenPlace(form, "gln");
    for (const place of places)
      if (form.text(`${place}.name`) === "") form.fault(`${place}.name`, m.form_required());
    const created = places.map((place) => ({
      kind: "unit.create",
      sorId: idOf[place],
      level: unit.level,
      validFrom,
      attributes: {
        ...handedOn(unit, form, form.text(`${place}.name`)),
        ...(place === numberTo && unit.gln !== null && { gln: unit.gln }),
        ...(place === "second" && { providerNumber: null }),
      },
    }));
    const closing = { closing: "replaced", successors: places.map((place) => ({ sorId: idOf[place] })) };
    const moves = below.map(({ sorId }) => ({
      kind: "unit.move",
      sorId,
      validFrom,
      parentSorId: idOf[chosenPlace(form, `below.${sorId}`)],
    }));
    return {
      title: m.units_title_split({ name: unit.name }),
      commands: [
        ...created,
        ...moves,
        { kind: "unit.close", sorId: unit.sorId, validTo: validFrom, ...closing },
      ],
      fieldOf: (field, at) =>
        isIndicator(field) ? field : at < 2 && field === "name" ? `${places[at]}.name` : "validFrom",
    };
  },
};

/** The units to be merged with this one, as they are on the form's day. */
async function othersOf({ ctx, unit, day }: Asked, form: Form): Promise<Organisation[]> {
  const others: Organisation[] = [];
  for (let at = 0; at < othersMax; at += 1) {
    const sorId = form.sorId(`other.${at}`);
    if (sorId === null) continue;
    const isTwice = sorId === unit.sorId || others.some((each) => each.sorId === sorId);
    if (isTwice) form.fault(`other.${at}`, m.units_merge_twice());
    const other = isTwice ? undefined : await findOrganisation(ctx, { sorId, validAt: day });
    if (other?.level === unit.level) others.push(other);
    else if (!isTwice)
      form.fault(`other.${at}`, other ? m.units_merge_level() : faultSentence("no-unit-on-day"));
  }
  return others;
}

/** Units are closed and a new one takes over, beside the first; everything below them goes to it. */
export const mergeUnits: Guided = {
  fields: (asked) => [
    dayField(asked),
    {
      name: "name",
      label: m.units_merge_name(),
      kind: "text",
      value: asked.unit.name,
      isRequired: true,
      maxLength: 60,
    },
    ...Array.from(
      { length: othersMax },
      (_, at): FieldView => ({
        name: `other.${at}`,
        label: m.units_merge_other({ number: at + 1 }),
        hint: at === 0 ? m.units_unit_hint() : undefined,
        kind: "unit",
        value: "",
        options: asked.near,
        isRequired: at === 0,
      }),
    ),
    {
      name: "others",
      label: m.successions_others(),
      hint: m.successions_others_hint(),
      kind: "choice",
      value: "follow",
      options: [
        { value: "follow", text: m.successions_others_follow() },
        { value: "end", text: m.successions_others_end() },
      ],
    },
    ...answersOf(asked.unit),
  ],
  wanted: async (asked, form) => {
    const { ctx, unit, day } = asked;
    const validFrom = form.day("validFrom");
    if (form.text("other.0") === "") form.fault("other.0", m.form_required());
    const others = await othersOf(asked, form);
    const merged = [unit, ...others];
    const below = await Promise.all(merged.map(({ sorId }) => unitsBelow(ctx, sorId, day)));
    const kept = merged.find(({ gln }) => gln !== null)?.gln ?? null;
    const numbers = await ownNumbers(ctx, merged, day);
    const attributes = {
      ...handedOn(unit, form, form.text("name")),
      ...(kept !== null && { gln: kept, glnInherited: false }),
    };
    return {
      title: m.units_title_merge({ name: form.text("name") }),
      commands: [
        { kind: "unit.create", sorId: "new:enhed", level: unit.level, validFrom, attributes },
        ...below.flatMap(childrenOf).map(({ sorId }) => ({
          kind: "unit.move",
          sorId,
          validFrom,
          parentSorId: "new:enhed",
        })),
        ...merged.map(({ sorId }) => ({
          kind: "unit.close",
          sorId,
          validTo: validFrom,
          closing: "replaced",
          successors: [{ sorId: "new:enhed", share: "all" }],
        })),
        ...numbers
          .filter(({ gln }) => gln !== kept)
          .flatMap((each) => numberEnds(each, validFrom ?? day, kept)),
        ...(form.text("others") === "follow" ? followingOf(numbers, kept, validFrom ?? day) : []),
      ],
      fieldOf: (field, at) => {
        if (field === "registrations") return "others";
        return at === 0 && (field === "name" || isIndicator(field)) ? field : "validFrom";
      },
    };
  },
  shownAfter: ([sorId]) => sorId,
};
