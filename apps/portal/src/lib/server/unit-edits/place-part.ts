import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import type { Form } from "./form.ts";
import { type Asked, codeChoices, withNone } from "./unit.ts";

/** The fields of a unit's region, municipality and geographical relation. */
export function placeFields({ unit, day, near }: Asked): FieldView[] {
  const { level, geographicalParentRelation: relation, geographicalParentSorId: mother } = unit;
  const known = near.find(({ value }) => mother !== null && value.endsWith(mother));
  const geography: FieldView[] = [
    {
      name: "geographicalParentRelation",
      label: m.units_geography(),
      hint: m.units_geography_hint(),
      kind: "choice",
      value: relation ?? "",
      options: withNone(codeChoices("geographical-relations", { level, day, present: relation })),
    },
    {
      name: "geographicalParentSorId",
      label: m.units_geographical_parent(),
      hint: m.units_unit_hint(),
      kind: "unit",
      value: known?.value ?? mother ?? "",
      options: near,
    },
  ];
  return [
    {
      name: "regionCode",
      label: m.register_region(),
      kind: "choice",
      value: unit.regionCode ?? "",
      options: withNone(codeChoices("regions", { level, day, present: unit.regionCode })),
    },
    {
      name: "municipalityCode",
      label: m.units_municipality(),
      kind: "digits",
      value: unit.municipalityCode ?? "",
      maxLength: 4,
    },
    ...(level === "owner" ? [] : geography),
  ];
}

/** What the form gives as a unit's place. */
export function readPlace(form: Form, { unit }: Asked): Record<string, unknown> {
  const place = {
    regionCode: form.textOrNull("regionCode"),
    municipalityCode: form.textOrNull("municipalityCode"),
  };
  if (unit.level === "owner") return place;
  return {
    ...place,
    geographicalParentRelation: form.textOrNull("geographicalParentRelation"),
    geographicalParentSorId: form.sorId("geographicalParentSorId"),
  };
}
