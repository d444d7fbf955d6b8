import { UnitClosing } from "@sor/core/changesets";
import { SuccessorShare, WithdrawalReason } from "@sor/core/organisations";
import { addDays } from "@sor/core/validity";
import { reasonText } from "#lib/succession-words.ts";
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

type Taker = { sorId: string; share?: SuccessorShare };

/** The successors named, each with how much it takes over where that is chosen. */
function successorsOf(form: Form): Taker[] {
  return Array.from({ length: successorsMax }, (_, at) => at).flatMap((at): Taker[] => {
    const sorId = form.sorId(`successor.${at}`);
    const share = SuccessorShare.safeParse(form.text(`share.${at}`));
    return sorId === null ? [] : [{ sorId, ...(share.success && { share: share.data }) }];
  });
}

const closings = UnitClosing.shape.closing.unwrap();

type Chosen = {
  closing: UnitClosing["closing"];
  successors: Taker[];
  reason: string | null;
  below: string;
  numbers: string;
};

/** What the form chooses; a choice that needs a successor is a fault without one. */
function chosenIn(form: Form): Chosen {
  const closing = closings.safeParse(form.text("closing")).data ?? "replaced";
  const successors = closing === "ended" ? [] : successorsOf(form);
  const reason = closing === "registered-in-error" ? form.textOrNull("reason") : null;
  const [below, numbers] = [form.text("below"), form.text("numbers")];
  const hasHeir = successors.length > 0;
  if (closing === "registered-in-error" && reason === null) form.fault("reason", m.form_required());
  if (closing === "replaced" && !hasHeir) form.fault("successor.0", m.form_required());
  if (!hasHeir && below === "move") form.fault("below", m.units_close_needs_heir());
  if (!hasHeir && numbers === "give") form.fault("numbers", m.units_close_needs_heir());
  return { closing, successors, reason, below, numbers };
}

async function commandsOf(asked: Asked, form: Form, validTo: string): Promise<unknown[]> {
  const { ctx, unit } = asked;
  const { below, numbers, ...end } = chosenIn(form);
  const heir = end.successors[0]?.sorId;
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

const reasonField = (): FieldView => ({
  name: "reason",
  label: m.successions_reason(),
  hint: m.successions_reason_hint(),
  kind: "choice",
  value: "",
  options: [
    { value: "", text: m.successions_reason_none() },
    ...WithdrawalReason.options.map((value) => ({ value, text: reasonText(value) })),
  ],
});

/** A successor, and how much it takes over. */
function successorFields({ near }: Asked, at: number): FieldView[] {
  const group = m.register_replaced_by();
  return [
    {
      name: `successor.${at}`,
      label: m.units_successor({ number: at + 1 }),
      hint: at === 0 ? m.units_unit_hint() : undefined,
      kind: "unit",
      value: "",
      options: near,
      group,
    },
    {
      name: `share.${at}`,
      label: m.successions_share({ number: at + 1 }),
      kind: "choice",
      value: "",
      options: [
        { value: "", text: m.successions_share_auto() },
        { value: "all", text: m.successions_option_all() },
        { value: "part", text: m.successions_option_part() },
        { value: "function", text: m.successions_option_function() },
      ],
      group,
    },
  ];
}

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
          { value: "registered-in-error", text: m.successions_closing_error() },
        ],
      },
      reasonField(),
      ...Array.from({ length: successorsMax }, (_, at) => successorFields(asked, at)).flat(),
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
        if (field === "reason") return "reason";
        if (field !== "successors") return "lastDay";
        return fault === "successor-shares" ? "share.0" : "successor.0";
      },
    };
  },
};
