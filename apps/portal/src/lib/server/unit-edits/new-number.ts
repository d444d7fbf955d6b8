import { Gln } from "@sor/core/identifiers";
import { m } from "#lib/words/index.ts";
import { dayField } from "./day-field.ts";
import type { Guided } from "./guided.ts";
import { locationCommand, locationFieldOf, locationFields } from "./location-fields.ts";

/** A new location number for the unit; it replaces one that the unit inherits. */
export const newNumber: Guided = {
  asksNumber: true,
  fields: async (asked) => [dayField(asked), ...(await locationFields(asked))],
  wanted: async ({ unit }, form) => {
    const validFrom = form.day("validFrom");
    const gln = form.read("newGln", Gln);
    return {
      title: m.units_title_number({ name: unit.name }),
      commands: [locationCommand(form, { gln, validFrom, unitSorId: unit.sorId })],
      fieldOf: locationFieldOf,
    };
  },
};
