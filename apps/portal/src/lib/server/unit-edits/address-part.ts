import type { Organisation } from "@sor/core/organisations";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import type { Form } from "./form.ts";
import { sourceText } from "./source-text.ts";

type Level = Organisation["level"];
type AddressName = "postalAddress" | "visitingAddress" | "activityAddress";
const places = ["municipalityCode", "streetCode", "north", "east"] as const;
const lines = [
  "street",
  "building",
  "floor",
  "suite",
  "stairway",
  "postCode",
  "district",
  ...places,
] as const;
const contacts = ["telephone", "email", "website", "fax"] as const;

const namesOn: Readonly<Record<Level, readonly AddressName[]>> = {
  owner: ["postalAddress"],
  institution: ["postalAddress", "visitingAddress"],
  unit: ["postalAddress", "visitingAddress", "activityAddress"],
};

const lineLabels = {
  street: m.units_street,
  building: m.units_building,
  floor: m.units_floor,
  suite: m.units_suite,
  stairway: m.units_stairway,
  postCode: m.units_post_code,
  district: m.units_district,
  municipalityCode: m.units_municipality_code,
  streetCode: m.units_street_code,
  north: m.units_north,
  east: m.units_east,
};
const lineMax = {
  ...{ street: 70, building: 20, floor: 20, suite: 20, stairway: 40, postCode: 10, district: 50 },
  ...{ municipalityCode: 4, streetCode: 4, north: 11, east: 10 },
};
const contactLabels = {
  telephone: m.units_telephone,
  email: m.units_email,
  website: m.units_website,
  fax: m.units_fax,
};
const contactMax = { telephone: 20, email: 254, website: 254, fax: 20 };

const titles = {
  postalAddress: m.register_postal_address,
  visitingAddress: m.register_visiting_address,
  activityAddress: m.register_activity_address,
  virtualAddress: m.register_contact,
};

/** Where a unit without an address of its own gets one from. */
const inheritedTexts = {
  postalAddress: m.units_rule_parent,
  visitingAddress: m.register_same_as_postal,
  activityAddress: m.register_same_as_visiting,
  virtualAddress: m.units_rule_parent,
};

function ruleField(unit: Organisation, name: AddressName | "virtualAddress"): FieldView {
  const isTop = unit.level === "owner";
  return {
    name: `${name}.rule`,
    label: m.units_rule(),
    kind: "choice",
    value: unit[name] === null ? "inherited" : "own",
    options: [
      { value: "own", text: m.units_rule_own() },
      { value: "inherited", text: isTop ? m.units_none() : inheritedTexts[name]() },
    ],
    group: titles[name](),
    source: sourceText(unit.effective[name]),
  };
}

/** The fields of a unit's addresses, as far as its level has them. */
export function addressFields(unit: Organisation): FieldView[] {
  const postal = namesOn[unit.level].flatMap((name) => [
    ruleField(unit, name),
    ...lines.map(
      (line): FieldView => ({
        name: `${name}.${line}`,
        label: lineLabels[line](),
        kind: "text",
        value: unit[name]?.[line] ?? "",
        group: titles[name](),
        maxLength: lineMax[line],
      }),
    ),
  ]);
  const virtual = contacts.map(
    (line): FieldView => ({
      name: `virtualAddress.${line}`,
      label: contactLabels[line](),
      kind: "text",
      value: unit.virtualAddress?.[line] ?? "",
      group: titles.virtualAddress(),
      maxLength: contactMax[line],
    }),
  );
  return [...postal, ruleField(unit, "virtualAddress"), ...virtual];
}

/** The addresses that the form gives: null for one that is inherited. */
export function readAddresses(form: Form, unit: Organisation): Record<string, unknown> {
  const given = (name: string, fields: readonly string[], kept: object) => {
    if (form.text(`${name}.rule`) !== "own") return null;
    const texts = fields.flatMap((field) => {
      const text = form.text(`${name}.${field}`);
      return text === "" ? [] : [[field, text] as const];
    });
    if (texts.length === 0) form.fault(`${name}.${fields[0]}`, m.form_required());
    return { ...kept, ...Object.fromEntries(texts) };
  };
  const postal = namesOn[unit.level].map((name) => {
    const country = unit[name]?.country;
    return [name, given(name, lines, country === undefined ? {} : { country })] as const;
  });
  return { ...Object.fromEntries(postal), virtualAddress: given("virtualAddress", contacts, {}) };
}
