import { addDays } from "@sor/core/validity";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import type { Form } from "./form.ts";
import type { Guided } from "./guided.ts";
import { childrenOf, numberEnds, ownNumbers, unitsBelow } from "./subtree.ts";
import type { Asked } from "./unit.ts";

const successorsMax = 3;

/** What stands in the way of closing the unit on the day: units below it, and location numbers in use. */
async function obstaclesOf({ ctx, unit, day }: Asked) {
  const below = await unitsBelow(ctx, unit.sorId, day);
  const numbers = await ownNumbers(ctx, [unit, ...below], day);
  return { below, numbers };
}

function choicesAbout(hasBelow: boolean, hasNumbers: boolean): FieldView[] {
  const below: FieldView = {
    name: "below",
    label: m.units_close_below(),
    kind: "choice",
    value: "stay",
    options: [
      { value: "stay", text: m.units_close_below_stay() },
      { value: "close", text: m.units_close_below_close() },
      { value: "move", text: m.units_close_below_move() },
    ],
  };
  const numbers: FieldView = {
    name: "numbers",
    label: m.units_close_numbers(),
    kind: "choice",
    value: "stay",
    options: [
      { value: "stay", text: m.units_close_numbers_stay() },
      { value: "end", text: m.units_close_numbers_end() },
      { value: "give", text: m.units_close_numbers_give() },
    ],
  };
  return [...(hasBelow ? [below] : []), ...(hasNumbers ? [numbers] : [])];
}

function successorsOf(form: Form): string[] {
  const fields = Array.from({ length: successorsMax }, (_, at) => `successor.${at}`);
  return fields.flatMap((field) => form.sorId(field) ?? []);
}

type Chosen = {
  closing: "ended" | "replaced";
  successorSorIds: string[];
  below: string;
  numbers: string;
};

/** What the form chooses; a choice that needs a successor is a fault without one. */
function chosenIn(form: Form): Chosen {
  const closing = form.text("closing") === "ended" ? "ended" : "replaced";
  const successorSorIds = closing === "replaced" ? successorsOf(form) : [];
  const [below, numbers] = [form.text("below"), form.text("numbers")];
  const hasHeir = successorSorIds.length > 0;
  if (closing === "replaced" && !hasHeir) form.fault("successor.0", m.form_required());
  if (!hasHeir && below === "move") form.fault("below", m.units_close_needs_heir());
  if (!hasHeir && numbers === "give") form.fault("numbers", m.units_close_needs_heir());
  return { closing, successorSorIds, below, numbers };
}

async function commandsOf(asked: Asked, form: Form, validTo: string): Promise<unknown[]> {
  const { ctx, unit } = asked;
  const { below, numbers, ...end } = chosenIn(form);
  const [heir] = end.successorSorIds;
  const under = await unitsBelow(ctx, unit.sorId, addDays(validTo, -1));
  const closed = below === "close" ? under : [];
  const moved = below === "move" ? childrenOf(under) : [];
  const owned = await ownNumbers(ctx, [unit, ...closed], validTo);
  const given = numbers === "give" ? unit.gln : null;
  const ending = numbers === "end" || numbers === "give" ? owned.filter(({ gln }) => gln !== given) : [];
  return [
    { kind: "unit.close", sorId: unit.sorId, validTo, ...end },
    ...closed.map(({ sorId }) => ({ kind: "unit.close", sorId, validTo, closing: "ended" })),
    ...moved.map(({ sorId }) => ({ kind: "unit.move", sorId, validFrom: validTo, parentSorId: heir })),
    ...(given === null ? [] : [gift(heir, given, validTo)]),
    ...ending.flatMap((each) => numberEnds(each, validTo)),
  ];
}

const gift = (sorId: string | undefined, gln: string, validFrom: string) => ({
  kind: "unit.change",
  sorId,
  validFrom,
  attributes: { gln, glnInherited: false },
});

/** The closing of a unit: with successors or without, and what happens to the units and location numbers below it. */
export const closeUnit: Guided = {
  fields: async (asked) => {
    const { below, numbers } = await obstaclesOf(asked);
    return [
      {
        name: "lastDay",
        label: m.units_last_day(),
        hint: m.units_last_day_hint(),
        kind: "day",
        value: asked.day,
        isRequired: true,
      },
      {
        name: "closing",
        label: m.units_closing(),
        kind: "choice",
        value: "replaced",
        options: [
          { value: "replaced", text: m.units_closing_replaced() },
          { value: "ended", text: m.units_closing_ended() },
        ],
      },
      ...Array.from(
        { length: successorsMax },
        (_, at): FieldView => ({
          name: `successor.${at}`,
          label: m.units_successor({ number: at + 1 }),
          hint: at === 0 ? m.units_unit_hint() : undefined,
          kind: "unit",
          value: "",
          options: asked.near,
          group: m.register_replaced_by(),
        }),
      ),
      ...choicesAbout(below.length > 0, numbers.length > 0),
    ];
  },
  wanted: async (asked, form) => {
    const lastDay = form.day("lastDay");
    const commands = lastDay === null ? [] : await commandsOf(asked, form, addDays(lastDay, 1));
    return {
      title: m.units_title_close({ name: asked.unit.name }),
      commands,
      fieldOf: (field, at, fault) => {
        // A unit below that opens later cannot be closed before.
        const isBelow = fault === "units-below" || (fault === "closed-before-opening" && at > 0);
        if (isBelow) return "below";
        if (fault === "registrations-beyond") return "numbers";
        return field === "successorSorIds" ? "successor.0" : "lastDay";
      },
    };
  },
};
