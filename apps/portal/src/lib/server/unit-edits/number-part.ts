import type { Organisation } from "@sor/core/organisations";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import type { Form } from "./form.ts";

type Level = Organisation["level"];
const localMax = 5;

const numbers = [
  { name: "shakCode", label: m.register_shak, hint: m.units_shak_hint, levels: ["institution", "unit"] },
  { name: "providerNumber", label: m.register_provider_number, hint: undefined, levels: ["unit"] },
  {
    name: "pharmacyIdentifier",
    label: m.register_pharmacy,
    hint: undefined,
    levels: ["institution", "unit"],
  },
  { name: "cvr", label: m.register_cvr, hint: undefined, levels: ["owner", "institution", "unit"] },
  { name: "pNumber", label: m.register_p_number, hint: undefined, levels: ["owner", "institution", "unit"] },
  { name: "localCode", label: m.register_local_code, hint: undefined, levels: ["unit"] },
] as const;

const on = (level: Level) => numbers.filter(({ levels }) => (levels as readonly Level[]).includes(level));

/** The fields of a unit's numbers and codes, as far as its level has them. */
export function numberFields(unit: Organisation): FieldView[] {
  const local = unit.level === "unit" ? localMax : 0;
  return [
    ...on(unit.level).map(
      ({ name, label, hint }): FieldView => ({
        name,
        label: label(),
        hint: hint?.(),
        kind: "digits",
        value: unit[name] ?? "",
        maxLength: 20,
      }),
    ),
    ...Array.from(
      { length: local },
      (_, at): FieldView => ({
        name: `localAttributes.${at}`,
        label: m.units_local_attribute({ number: at + 1 }),
        kind: "text",
        value: unit.localAttributes[at] ?? "",
        maxLength: 20,
      }),
    ),
  ];
}

/** The numbers that the form gives; local attributes keep their places. */
export function readNumbers(form: Form, unit: Organisation): Record<string, unknown> {
  const given = Object.fromEntries(
    on(unit.level).map(({ name }) => [name, form.textOrNull(name)?.replaceAll(/\s/g, "") ?? null]),
  );
  if (unit.level !== "unit") return given;
  const texts = Array.from({ length: localMax }, (_, at) => form.text(`localAttributes.${at}`));
  return { ...given, localAttributes: texts.slice(0, texts.findLastIndex(Boolean) + 1) };
}
