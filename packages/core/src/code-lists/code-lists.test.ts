import { expect, test } from "vitest";
import { hasSorCheckDigit } from "../identifiers/index.ts";
import { findCode, isUsable, listCodes, nameOfCode } from "./index.ts";

const today = "2026-10-01";

test("77 entity types and 56 specialities, each once, with both names and a right check digit", () => {
  for (const [list, count] of [
    ["entity-types", 77],
    ["specialities", 56],
  ] as const) {
    const codes = listCodes(list);
    expect(codes).toHaveLength(count);
    expect(new Set(codes.map(({ code }) => code)).size).toBe(count);
    expect(codes.filter(({ da, en }) => da === "" || en === "")).toEqual([]);
    // Only Danish SNOMED codes carry SOR's number range; 726 is a converted unit's, without a check digit of its own.
    const wrong = codes.filter(({ code }) => code !== "726" && !hasSorCheckDigit(code));
    expect(wrong).toEqual([]);
  }
});

test.each([
  ["entity-types", "22232009", "institution", true],
  ["entity-types", "22232009", "owner", false],
  ["entity-types", "550881000005103", "owner", true],
  ["entity-types", "550881000005103", "institution", false],
  ["entity-types", "255203001", "unit", true],
  ["entity-types", "255203001", "institution", false],
  ["specialities", "773568002", "unit", true],
  ["specialities", "773568002", "institution", false],
  ["entity-types", "773568002", "unit", false],
  ["specialities", "unknown", "unit", false],
] as const)("%s: %s for the level %s is usable: %s", (list, code, level, usable) => {
  expect(isUsable(list, code, level, today)).toBe(usable);
});

test.each([
  ["entity-types", "726", "KONVAFD"],
  ["entity-types", "2104671000005110", "ergoterapiklinik (gammel kode)"],
  ["specialities", "2903041000005106", "speciale uden offentliggjort navn"],
] as const)("%s: the expired %s keeps its name and is usable up to its end only", (list, code, name) => {
  expect(nameOfCode(list, code)).toBe(name);
  const end = findCode(list, code)?.to ?? "";
  expect(isUsable(list, code, "unit", today)).toBe(false);
  expect(isUsable(list, code, "unit", end)).toBe(false);
  expect(isUsable(list, code, "unit", "2025-12-31")).toBe(true);
});

test("every code of 2011 that units may still have keeps a name", () => {
  const types =
    `550891000005100 550411000005105 264372000 20078004 546821000005103 547011000005103 546811000005109
    550621000005101 22232009 550631000005103 550641000005106 550651000005108 394761003 550661000005105 42665001 550711000005101
    550671000005100 264361005 554061000005105 550681000005102 550691000005104 550701000005104 550811000005108 550871000005101
    309964003 2104671000005110 550841000005107 550861000005106 309904001 550851000005109 726 551611000005102 550821000005102
    225728007 554071000005100 550831000005104`.split(/\s+/);
  expect(types.filter((code) => nameOfCode("entity-types", code) === null)).toEqual([]);
  expect(nameOfCode("entity-types", null)).toBeNull();
  expect(nameOfCode("regions", "1081")).toBe("Region Nordjylland");
  expect(nameOfCode("regions", "1099")).toBeNull();
});
