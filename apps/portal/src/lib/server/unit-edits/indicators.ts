import type { Attributes } from "@sor/core/organisations";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import type { Form } from "./form.ts";

const indicators = ["hasAmbulantActivity", "admitsPatients", "isReportingLevel"] as const;
type Indicators = Pick<Attributes, (typeof indicators)[number]>;

const texts = {
  hasAmbulantActivity: [m.units_ambulant, m.units_ambulant_hint],
  admitsPatients: [m.units_admits, m.units_admits_hint],
  isReportingLevel: [m.units_reporting, m.units_reporting_hint],
} as const;

/** The three questions that every unit of a hospital answers. */
export const indicatorFields = (unit: Indicators, group?: string): FieldView[] =>
  indicators.map((name) => ({
    name,
    label: texts[name][0](),
    hint: texts[name][1](),
    kind: "choice",
    value: unit[name] === null ? "" : unit[name] ? "ja" : "nej",
    options: [
      { value: "", text: m.units_unanswered() },
      { value: "ja", text: m.locations_yes() },
      { value: "nej", text: m.locations_no() },
    ],
    group,
  }));

/** The answers that the form gives; null for a question that is not answered. */
export const readIndicators = (form: Form): Record<string, boolean | null> =>
  Object.fromEntries(indicators.map((name) => [name, { ja: true, nej: false }[form.text(name)] ?? null]));

/** Whether a field is one of the three. */
export const isIndicator = (field: string): boolean => indicators.some((name) => name === field);
