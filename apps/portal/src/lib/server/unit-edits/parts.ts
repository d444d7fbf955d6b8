import { isDeepStrictEqual } from "node:util";
import { type Attributes, type Organisation, OrganisationChanges } from "@sor/core/organisations";
import { z } from "zod";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import { addressFields, readAddresses } from "./address-part.ts";
import type { Form } from "./form.ts";
import { indicatorFields, readIndicators } from "./indicators.ts";
import { levelFields, readLevel } from "./level-part.ts";
import { numberFields, readNumbers } from "./number-part.ts";
import { placeFields, readPlace } from "./place-part.ts";
import { sourceText } from "./source-text.ts";
import { type Asked, codeChoices, withNone } from "./unit.ts";

export const PartKey = z.enum([
  "navn",
  "numre",
  "sted",
  "adresse",
  "lokationsnummer",
  "specialer",
  "indikatorer",
  "niveau",
]);
export type PartKey = z.infer<typeof PartKey>;

type Level = Organisation["level"];
type Part = {
  title: () => string;
  /** The levels whose units have it. */
  levels: readonly Level[];
  fields: (asked: Asked) => FieldView[];
  /** The attributes that the form gives, not yet checked. */
  read: (form: Form, asked: Asked) => Record<string, unknown>;
};

const every: readonly Level[] = ["owner", "institution", "unit"];
const onUnits: readonly Level[] = ["unit"];
const specialitiesMax = 8;
/** The parts of a unit that are edited one at a time. */
export const parts: Readonly<Record<PartKey, Part>> = {
  navn: {
    title: m.units_part_name,
    levels: every,
    fields: ({ unit, day }) => [
      {
        name: "name",
        label: m.units_name(),
        kind: "text",
        value: unit.name,
        isRequired: true,
        maxLength: 60,
      },
      {
        name: "typeCode",
        label: m.register_type(),
        kind: "choice",
        value: unit.typeCode ?? "",
        options: withNone(codeChoices("entity-types", { level: unit.level, day, present: unit.typeCode })),
      },
    ],
    read: (form) => ({ name: form.text("name"), typeCode: form.textOrNull("typeCode") }),
  },
  numre: {
    title: m.register_numbers_title,
    levels: every,
    fields: ({ unit }) => numberFields(unit),
    read: (form, { unit }) => readNumbers(form, unit),
  },
  sted: { title: m.units_part_place, levels: every, fields: placeFields, read: readPlace },
  adresse: {
    title: m.register_addresses_title,
    levels: every,
    fields: ({ unit }) => addressFields(unit),
    read: (form, { unit }) => readAddresses(form, unit),
  },
  lokationsnummer: {
    title: m.register_gln,
    levels: every,
    fields: ({ unit }) => [
      {
        name: "glnRule",
        label: m.units_rule(),
        kind: "choice",
        value: unit.gln !== null ? "own" : unit.glnInherited ? "inherited" : "none",
        options: [
          { value: "own", text: m.units_rule_own() },
          ...(unit.level === "owner" ? [] : [{ value: "inherited", text: m.units_rule_parent() }]),
          { value: "none", text: m.units_rule_no_number() },
        ],
        source: sourceText(unit.effective.gln),
        group: m.register_gln(),
      },
      {
        name: "gln",
        label: m.register_gln(),
        hint: m.units_gln_hint(),
        kind: "digits",
        value: unit.gln ?? "",
        group: m.register_gln(),
        maxLength: 20,
      },
    ],
    read: (form) => {
      const rule = form.text("glnRule");
      if (rule === "own" && form.text("gln") === "") form.fault("gln", m.form_required());
      const gln = rule === "own" ? form.text("gln").replaceAll(/\s/g, "") : null;
      return { gln, glnInherited: rule === "inherited" };
    },
  },
  specialer: {
    title: m.register_specialities,
    levels: onUnits,
    fields: ({ unit, day }) =>
      Array.from({ length: specialitiesMax }, (_, at): FieldView => {
        const present = unit.specialities[at]?.code ?? null;
        return {
          name: `specialities.${at}`,
          label: at === 0 ? m.units_main_speciality() : m.units_speciality({ number: at + 1 }),
          kind: "choice",
          value: present ?? "",
          options: withNone(codeChoices("specialities", { level: unit.level, day, present })),
        };
      }),
    read: (form, { unit }) => {
      const codes = Array.from({ length: specialitiesMax }, (_, at) => form.text(`specialities.${at}`));
      const chosen = [...new Set(codes.filter(Boolean))];
      return {
        specialities: chosen.map((code) => unit.specialities.find((each) => each.code === code) ?? { code }),
      };
    },
  },
  indikatorer: {
    title: m.units_part_indicators,
    levels: onUnits,
    fields: ({ unit }) => indicatorFields(unit),
    read: (form) => readIndicators(form),
  },
  niveau: { title: m.register_clinical_level, levels: every, fields: levelFields, read: readLevel },
};

/** The parts that a unit of the level has. */
export const partsOf = (level: Level): PartKey[] =>
  PartKey.options.filter((key) => parts[key].levels.includes(level));

/**
 * The attributes of a part that the form changes; those that stand as they are on that day are left out, so that other periods
 * keep theirs. Faults are noted in the form.
 */
export function changesOf(key: PartKey, form: Form, asked: Asked): Record<string, unknown> {
  const raw = parts[key].read(form, asked);
  const read = OrganisationChanges.safeParse(raw);
  for (const issue of read.error?.issues ?? []) form.issue(fieldOfPath(issue.path), issue);
  if (!read.success) return {};
  const present = asked.unit as Attributes;
  const changed = Object.entries(read.data).filter(
    ([name, value]) => !isDeepStrictEqual(value, present[name as keyof Attributes]),
  );
  // A form that is posted again finds its own changes; core knows its first answer.
  const isOwnState = form.text("etag") === asked.etag;
  if (changed.length === 0 && isOwnState && !form.hasFaults) form.fault(undefined, m.units_nothing_changed());
  return Object.fromEntries(changed);
}

/** The form's field for a place in the attributes: `specialities.0.code` is `specialities.0`. */
const fieldOfPath = (path: readonly PropertyKey[]): string => path.slice(0, 2).join(".");
