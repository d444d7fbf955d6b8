import { isDeepStrictEqual } from "node:util";
import { nameOfCode } from "@sor/core/code-lists";
import type { Attributes } from "@sor/core/organisations";
import type { LineChange } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";

/** A value of a unit in words. */
type Line = { label: string; value: string | null };
type Names = ReadonlyMap<string, string>;

const addressText = (address: Attributes["postalAddress"]): string | null => {
  if (address === null) return null;
  const { street, building, floor, suite, stairway, postCode, district, country } = address;
  const first = [street, building, stairway, floor, suite].filter(Boolean).join(" ");
  return [first, [postCode, district].filter(Boolean).join(" "), country].filter(Boolean).join(", ");
};
const yesNo = (value: boolean | null) =>
  value === null ? null : value ? m.locations_yes() : m.locations_no();
const unitText = (sorId: string | null, names: Names) =>
  sorId === null ? null : `${names.get(sorId) ?? ""} ${sorId}`.trim();
const codeText = (list: Parameters<typeof nameOfCode>[0], code: string | null) =>
  nameOfCode(list, code) ?? code;

/** Every value of a unit in words, absent ones as null, in the order of the page. */
export function linesOf(unit: Attributes, names: Names): Line[] {
  const line = (label: string, value: string | null): Line => ({ label, value: value || null });
  const { virtualAddress: virtual } = unit;
  return [
    line(m.units_name(), unit.name),
    line(m.register_type(), codeText("entity-types", unit.typeCode)),
    line(m.units_parent(), unitText(unit.parentSorId, names)),
    line(m.register_gln(), unit.gln ?? (unit.glnInherited ? m.register_inherited() : null)),
    line(m.register_shak(), unit.shakCode),
    line(m.register_provider_number(), unit.providerNumber),
    line(m.register_pharmacy(), unit.pharmacyIdentifier),
    line(m.register_cvr(), unit.cvr),
    line(m.register_p_number(), unit.pNumber),
    line(m.register_local_code(), unit.localCode),
    line(m.units_local_attributes(), unit.localAttributes.filter(Boolean).join(", ")),
    line(m.register_postal_address(), addressText(unit.postalAddress)),
    line(m.register_visiting_address(), addressText(unit.visitingAddress)),
    line(m.register_activity_address(), addressText(unit.activityAddress)),
    line(
      m.register_contact(),
      virtual && [virtual.telephone, virtual.email, virtual.website, virtual.fax].filter(Boolean).join(", "),
    ),
    line(
      m.register_specialities(),
      unit.specialities.map(({ code }) => codeText("specialities", code)).join(", "),
    ),
    line(m.units_ambulant(), yesNo(unit.hasAmbulantActivity)),
    line(m.units_admits(), yesNo(unit.admitsPatients)),
    line(m.units_reporting(), yesNo(unit.isReportingLevel)),
    line(m.register_clinical_level(), unit.organisationalLevelName ?? unit.organisationalLevelCode),
    line(m.register_region(), codeText("regions", unit.regionCode)),
    line(m.units_municipality(), unit.municipalityCode),
    line(m.units_geography(), codeText("geographical-relations", unit.geographicalParentRelation)),
    line(m.units_geographical_parent(), unitText(unit.geographicalParentSorId, names)),
  ];
}

/** The lines in which two states differ; null for a state in which the unit does not hold. */
export function changedLines(
  before: Attributes | null,
  after: Attributes | null,
  names: Names,
): LineChange[] {
  const [from, to] = [before && linesOf(before, names), after && linesOf(after, names)];
  return (from ?? to ?? []).flatMap(({ label }, at) => {
    const change = { label, from: from?.[at]?.value ?? null, to: to?.[at]?.value ?? null };
    return isDeepStrictEqual(change.from, change.to) ? [] : [change];
  });
}
