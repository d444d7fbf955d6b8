import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import type { Asked } from "./unit.ts";

/** The day from which on a form holds. */
export const dayField = (
  { day }: Asked,
  label = m.units_from_day(),
  hint = m.units_from_day_hint(),
): FieldView => ({
  name: "validFrom",
  label,
  hint,
  kind: "day",
  value: day,
  isRequired: true,
});
