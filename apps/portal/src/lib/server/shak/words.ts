import { findCode } from "@sor/core/code-lists";
import { regionOfShakNumber, type ShakPeriod, type UnitOfShak } from "@sor/core/organisations";
import { getLanguage } from "#lib/language.ts";
import { m } from "#lib/words/index.ts";

type Groups = Pick<ShakPeriod, "kind" | "groups">;
type ShakList = "shak-institution-kinds" | "shak-owners" | "shak-specialities" | "regions";

/** The name of a code in the page's language; the code itself where the list does not have it. */
function named(list: ShakList, code: string | null | undefined): string {
  return code ? (findCode(list, code)?.[getLanguage()] ?? code) : "";
}

/** The level of a code. */
export function levelOfShak(kind: ShakPeriod["kind"]): string {
  const names = { hospital: m.shak_hospital, department: m.shak_department, ward: m.shak_ward };
  return names[kind]();
}

/** The kind of institution and the ownership of a hospital, and the specialities of a ward; empty where there are none. */
export function wordsOfShak({ kind, groups }: Groups) {
  const isHospital = kind === "hospital";
  const specialities = kind === "ward" ? groups.filter((group) => group !== "") : [];
  return {
    institutionKind: isHospital ? named("shak-institution-kinds", groups[0]) : "",
    owner: isHospital ? named("shak-owners", groups[1]) : "",
    specialities: specialities.map((code) => named("shak-specialities", code)).join(", "),
  };
}

/** The region in words: that of the units in SOR, or else of the hospital's number. */
export function regionOfShak(code: string, units: readonly UnitOfShak[]): string {
  const region = units.find(({ regionCode }) => regionCode !== null)?.regionCode;
  return named("regions", region ?? regionOfShakNumber(code));
}
