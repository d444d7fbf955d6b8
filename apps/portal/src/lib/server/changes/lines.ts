import { isDeepStrictEqual } from "node:util";
import type { Period } from "@sor/core/changesets";
import { startOfDayInDenmark } from "@sor/core/validity";
import { attributeText } from "#lib/change-words.ts";
import { formatDay } from "#lib/format-time.ts";
import { periodText } from "#lib/period-words.ts";
import { m } from "#lib/words/index.ts";
import { codeText, type Names } from "./names.ts";

/** An attribute before and after; null where it is empty. */
type FieldLine = { label: string; from: string | null; to: string | null };
/** What changes in a period of validity. */
export type ChangeLine = { kind: "added" | "changed" | "ended"; period: string; fields: FieldLine[] };

type Content = Readonly<Record<string, unknown>>;
type Stretch = { from: string; to: string | null; before: Content | undefined; after: Content | undefined };

/** The differences of a unit or location number by periods: only what differs, and everything where a period is new. */
export function linesOf(
  { removed, added }: { removed: readonly Period<object>[]; added: readonly Period<object>[] },
  names: Names,
): ChangeLine[] {
  return stretchesOf(removed, added).map(({ from, to, before, after }) => ({
    kind: before === undefined ? "added" : after === undefined ? "ended" : "changed",
    period: periodText({
      validFrom: startOfDayInDenmark(from),
      validTo: to === null ? null : startOfDayInDenmark(to),
    }),
    // What ends needs no list of what it was.
    fields: after === undefined ? [] : fieldsOf(before ?? {}, after, names),
  }));
}

/** The time line cut at every day on which something begins or ends, as long as both sides stay the same. */
function stretchesOf(removed: readonly Period<object>[], added: readonly Period<object>[]): Stretch[] {
  const periods = [...removed, ...added];
  const days = [...new Set(periods.flatMap(({ validFrom, validTo }) => [validFrom, validTo ?? []].flat()))];
  const at = (line: readonly Period<object>[], day: string) =>
    line.find(({ validFrom, validTo }) => validFrom <= day && (validTo === null || day < validTo))?.content as
      | Content
      | undefined;
  const stretches: Stretch[] = [];
  for (const [index, from] of days.toSorted().entries()) {
    const stretch = {
      from,
      to: days.toSorted()[index + 1] ?? null,
      before: at(removed, from),
      after: at(added, from),
    };
    const last = stretches.at(-1);
    const goesOn =
      last?.to === from &&
      isDeepStrictEqual(last.before, stretch.before) &&
      isDeepStrictEqual(last.after, stretch.after);
    if (last && goesOn) last.to = stretch.to;
    else stretches.push(stretch);
  }
  return stretches.filter(({ before, after }) => !isDeepStrictEqual(before, after));
}

/** The attributes in which two contents differ. */
export function fieldsOf(before: Content, after: Content, names: Names): FieldLine[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const lines = fields
    .filter((name) => name !== "updatedOn")
    .flatMap((name) => linesOfField(name, before[name], after[name], names));
  return lines.length > 0 ? lines : linesOfField("updatedOn", before["updatedOn"], after["updatedOn"], names);
}

/** What is said of something new only where it holds. */
const seldom = new Set(["glnInherited", "onlyInternal", "nonActive"]);

function linesOfField(name: string, from: unknown, to: unknown, names: Names): FieldLine[] {
  if (name === "virtualAddress") {
    const [was, is] = [(from ?? {}) as Content, (to ?? {}) as Content];
    return ["telephone", "email", "website", "fax"].flatMap((part) =>
      linesOfField(part, was[part], is[part], names),
    );
  }
  if (from === undefined && to === false && seldom.has(name)) return [];
  const [was, is] = [valueText(name, from, names), valueText(name, to, names)];
  return was === is ? [] : [{ label: attributeText(name), from: was, to: is }];
}

type Address = Partial<
  Record<
    "street" | "building" | "floor" | "suite" | "stairway" | "postCode" | "district" | "country",
    string
  > &
    Record<"municipalityCode" | "streetCode" | "north" | "east", string>
>;

function addressText(address: Address): string {
  const { street, building, floor, suite, stairway, postCode, district, country } = address;
  const { municipalityCode, streetCode, north, east } = address;
  const parts = [
    [street, building].filter(Boolean).join(" "),
    [floor && `${floor}.`, suite, stairway].filter(Boolean).join(" "),
    [postCode, district].filter(Boolean).join(" "),
    country === "DK" ? "" : country,
    municipalityCode && m.units_municipality_is({ code: municipalityCode }),
    streetCode && m.units_street_is({ code: streetCode }),
    north && east && m.units_coordinates({ north, east }),
  ];
  return parts.filter(Boolean).join(", ");
}

const byName: Readonly<Record<string, (value: string, names: Names) => string>> = {
  parentSorId: (id, names) => names.unit(id),
  geographicalParentSorId: (id, names) => names.unit(id),
  typeCode: (code) => codeText("entity-types", code),
  regionCode: (code) => codeText("regions", code),
  geographicalParentRelation: (code) => codeText("geographical-relations", code),
  supplierId: (id, names) => names.vendor(id),
  systemId: (id, names) => names.system(id),
  netOperatorCode: (code, names) => names.operator(code),
  updatedOn: (day) => formatDay(day),
};

/** A value in the page's language; null for an empty one. */
function valueText(name: string, value: unknown, names: Names): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return value ? m.journal_yes() : m.journal_no();
  if (name === "specialities") {
    const codes = (value as { code: string }[]).map(({ code }) => codeText("specialities", code));
    return codes.join(", ") || null;
  }
  if (Array.isArray(value)) return value.filter(Boolean).join(", ") || null;
  if (typeof value === "object") return addressText(value as Address) || null;
  return byName[name]?.(String(value), names) ?? String(value);
}
