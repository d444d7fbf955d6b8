import { m } from "#lib/words/index.ts";
import { dayField } from "./day-field.ts";
import type { Guided } from "./guided.ts";

/** The unit's move below another one, with everything below it. */
export const moveUnit: Guided = {
  fields: (asked) => [
    dayField(asked),
    {
      name: "parentSorId",
      label: m.units_new_parent(),
      hint: m.units_unit_hint(),
      kind: "unit",
      value: "",
      options: asked.near,
      isRequired: true,
    },
  ],
  wanted: async ({ unit }, form) => {
    const validFrom = form.day("validFrom");
    if (form.text("parentSorId") === "") form.fault("parentSorId", m.form_required());
    const parentSorId = form.sorId("parentSorId");
    return {
      title: m.units_title_move({ name: unit.name }),
      commands: [{ kind: "unit.move", sorId: unit.sorId, validFrom, parentSorId }],
      fieldOf: (field) => (field === "parentSorId" ? "parentSorId" : "validFrom"),
    };
  },
};
