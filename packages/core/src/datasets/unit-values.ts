import { nameOfCode } from "../code-lists/index.ts";
import type { PostalAddress, VersionRow } from "../organisations/index.ts";
import { addDays } from "../validity/index.ts";
import type { UnitLine } from "./source-rows.ts";

/** The last day of a period, as the authority's files have it; empty for an open one. */
export const lastDay = (validTo: string | null): string => (validTo === null ? "" : addDays(validTo, -1));

/** The owner and the institution that a unit belongs to: itself where it is one. */
export const ownerOf = ({ path }: UnitLine): VersionRow | undefined =>
  path.find(({ level }) => level === "owner");
export const institutionOf = ({ path }: UnitLine): VersionRow | undefined =>
  path.find(({ level }) => level === "institution");

/** The name of a unit's type. */
export const typeName = (row: VersionRow | undefined): string | null =>
  nameOfCode("entity-types", row?.typeCode ?? null);

export const regionName = (code: string | null | undefined): string | null =>
  nameOfCode("regions", code ?? null);

/** SOR's short names of the levels. */
export const levelNames = { owner: "IE", institution: "SI", unit: "OE" } as const;

/** An address in one line, as on a letter: street with number, floor and door. */
export function streetLine(address: PostalAddress | undefined): string {
  if (!address) return "";
  const { street, building, stairway, floor, suite } = address;
  return [street, building, stairway, floor, suite].filter((part) => part !== undefined).join(" ");
}

/** A number with a decimal point as SOR2 has it. */
export const decimalComma = (value: string | undefined): string | undefined => value?.replace(".", ",");

export const yesNo = (value: boolean | null | undefined): string | null => {
  if (value === null || value === undefined) return null;
  return value ? "true" : "false";
};
