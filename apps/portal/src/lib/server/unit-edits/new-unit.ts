import { Gln } from "@sor/core/identifiers";
import { OrganisationAttributes } from "@sor/core/organisations";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import { dayField } from "./day-field.ts";
import type { Form } from "./form.ts";
import type { Guided } from "./guided.ts";
import { indicatorFields, readIndicators } from "./indicators.ts";
import { locationCommand, locationFieldOf, locationFields } from "./location-fields.ts";
import { type Asked, codeChoices, withNone } from "./unit.ts";

const levelBelow = ({ unit }: Asked) => (unit.level === "owner" ? "institution" : "unit");

const unanswered = { hasAmbulantActivity: null, admitsPatients: null, isReportingLevel: null };

function ownFields(asked: Asked): FieldView[] {
  const { unit, day } = asked;
  const level = levelBelow(asked);
  const shak = level === "institution" ? "" : (unit.shakCode ?? "");
  return [
    dayField(asked),
    { name: "name", label: m.units_name(), kind: "text", value: "", isRequired: true, maxLength: 60 },
    {
      name: "typeCode",
      label: m.register_type(),
      kind: "choice",
      value: unit.level === "owner" ? "" : (unit.typeCode ?? ""),
      options: withNone(codeChoices("entity-types", { level, day, present: null })),
    },
    { name: "shakCode", label: m.register_shak(), hint: m.units_shak_hint(), kind: "digits", value: shak },
    ...(level === "unit" ? indicatorFields(unanswered, m.units_part_indicators()) : []),
  ];
}

function attributesOf({ unit }: Asked, form: Form, level: string): Record<string, unknown> {
  return {
    parentSorId: unit.sorId,
    name: form.text("name"),
    typeCode: form.textOrNull("typeCode"),
    shakCode: form.textOrNull("shakCode"),
    regionCode: unit.regionCode,
    municipalityCode: unit.municipalityCode,
    glnInherited: form.text("glnRule") === "inherited",
    ...(level === "unit" && readIndicators(form)),
  };
}

/** A new unit below this one: its addresses are inherited, its location number is its own, inherited, or none. */
export const newUnit: Guided = {
  asksNumber: true,
  fields: async (asked) => [
    ...ownFields(asked),
    {
      name: "glnRule",
      label: m.units_rule(),
      kind: "choice",
      value: "inherited",
      options: [
        { value: "inherited", text: m.units_rule_parent() },
        { value: "own", text: m.units_rule_own() },
        { value: "none", text: m.units_rule_no_number() },
      ],
      group: m.register_gln(),
    },
    ...(await locationFields(asked, m.register_gln())),
  ],
  wanted: async (asked, form) => {
    const validFrom = form.day("validFrom");
    const level = levelBelow(asked);
    const attributes = attributesOf(asked, form, level);
    for (const issue of OrganisationAttributes.safeParse(attributes).error?.issues ?? [])
      form.issue(String(issue.path[0]), issue);
    const hasNumber = form.text("glnRule") === "own";
    const gln = hasNumber ? form.read("newGln", Gln) : null;
    const unit = { kind: "unit.create", sorId: "new:enhed", level, validFrom, attributes };
    const number = locationCommand(form, { gln, validFrom, unitSorId: "new:enhed" });
    return {
      title: m.units_title_new({ name: form.text("name") }),
      commands: hasNumber ? [unit, number] : [unit],
      fieldOf: (field, at) =>
        at === 1 ? locationFieldOf(field) : field === "glnInherited" ? "glnRule" : field,
    };
  },
  shownAfter: ([sorId]) => sorId,
};
