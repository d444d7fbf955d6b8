import { findOrganisation } from "@sor/core/organisations";
import { addDays, WrittenDay } from "@sor/core/validity";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import { faultSentence } from "../fault-text.ts";
import type { Form } from "./form.ts";
import type { Asked } from "./unit.ts";

const dayFieldOf = (form: Form) => ("lastDay" in form.problem.values ? "lastDay" : "validFrom");

/** The day of a form: the first on which it holds, or the unit's last; undefined when it is empty or none. */
export const dayOf = (form: Form): string | undefined =>
  WrittenDay.safeParse(form.text(dayFieldOf(form))).data;

/**
 * Lets the form's day rule everything in it, in the one place for all forms about units (R1). `fields` are those of the day that
 * is asked. What was not touched since the form showed another day (`shownDay`) follows to its value on the new one; a choice
 * or unit that does not hold on the day is a fault at its field. An empty day rules nothing.
 */
export async function followDay(
  form: Form,
  asked: Asked,
  fields: readonly FieldView[],
  fieldsOn: (day: string) => Promise<readonly FieldView[]>,
): Promise<void> {
  const name = dayFieldOf(form);
  const day = form.day(name);
  if (day === null) return;
  if (day !== asked.day) return form.fault(name, m.units_not_then());
  const shown = WrittenDay.safeParse(form.text("shownDay")).data;
  if (shown !== undefined && shown !== day) followUntouched(form, fields, await fieldsOn(shown));
  for (const field of fields.filter((each) => each.name in form.problem.values)) {
    const text = form.text(field.name);
    const isKnown = field.options?.some(({ value }) => value === text);
    if (field.kind === "choice" && !isKnown) form.fault(field.name, m.units_not_on_day_choice());
    // A successor takes over on the day after the last.
    const from = name === "lastDay" ? addDays(day, 1) : day;
    if (field.kind === "unit") await requireUnit(form, asked, { name: field.name, day: from });
  }
}

function followUntouched(form: Form, now: readonly FieldView[], before: readonly FieldView[]): void {
  for (const { name, kind, value } of now) {
    const earlier = before.find((field) => field.name === name);
    const isUntouched = earlier !== undefined && form.text(name) === earlier.value.trim();
    if (kind !== "day" && isUntouched && earlier.value !== value) form.set(name, value);
  }
}

async function requireUnit(form: Form, { ctx }: Asked, { name, day }: { name: string; day: string }) {
  const sorId = form.sorId(name);
  if (sorId === null || (await findOrganisation(ctx, { sorId, validAt: day }))) return;
  form.fault(name, faultSentence("no-unit-on-day"));
}
