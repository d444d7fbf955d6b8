import { faultTexts, isFault } from "@sor/core";
import type { z } from "zod";
import type { Language } from "../app-env.ts";

type Issue = z.core.$ZodIssue;

const typesInDanish: Readonly<Record<string, string>> = {
  string: "tekst",
  number: "et tal",
  int: "et helt tal",
  boolean: "true eller false",
  array: "en liste",
  object: "et objekt",
  record: "et objekt",
};
const formatsInDanish: Readonly<Record<string, string>> = {
  uuid: "skal være et id (UUID)",
  datetime: "skal være et tidspunkt som 2026-03-01T10:00:00Z",
  date: "skal være en dato som 2026-03-01",
  email: "skal være en mailadresse",
  url: "skal være en adresse (URL)",
};
const unitsInDanish: Readonly<Record<string, [one: string, several: string]>> = {
  string: ["tegn", "tegn"],
  array: ["element", "elementer"],
  set: ["element", "elementer"],
};

/** The expected size: characters, elements, or a number. */
function boundInDanish(bound: { most: boolean; inclusive: boolean }, size: number | bigint, origin: string) {
  const [one, several] = unitsInDanish[origin] ?? [];
  if (one) return `${bound.most ? "højst" : "mindst"} ${size} ${Number(size) === 1 ? one : several}`;
  if (!bound.inclusive) return `skal være ${bound.most ? "under" : "over"} ${size}`;
  return bound.most ? `må højst være ${size}` : `skal være mindst ${size}`;
}

function inDanish(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      if (/received undefined$/.test(issue.message)) return "mangler";
      return `skal være ${typesInDanish[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `skal være ${String(issue.values[0])}`
        : `skal være en af: ${issue.values.slice(0, 50).map(String).join(", ")}`;
    case "too_big":
      return boundInDanish({ most: true, inclusive: issue.inclusive !== false }, issue.maximum, issue.origin);
    case "too_small":
      if (issue.minimum === 1 && Object.hasOwn(unitsInDanish, issue.origin)) return "må ikke være tom";
      return boundInDanish(
        { most: false, inclusive: issue.inclusive !== false },
        issue.minimum,
        issue.origin,
      );
    case "invalid_format":
      return formatsInDanish[issue.format] ?? "har ikke det rigtige format";
    default:
      return "kan ikke bruges";
  }
}

/** What is wrong in one place, in the requested language; never the rejected value. */
export function textOfIssue(issue: Issue, language: Language): string {
  if (isFault(issue.message)) return faultTexts[issue.message][language];
  return language === "en" ? issue.message : inDanish(issue);
}

/** Reduces the issues of a union to those of the closest form: the one with the fewest. Others are unchanged. */
export function unfolded(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const [nearest] = [...issue.errors].sort((a, b) => a.length - b.length);
  if (!nearest || nearest.length === 0) return [issue];
  return nearest.flatMap((inner) => unfolded({ ...inner, path: [...issue.path, ...inner.path] }));
}
