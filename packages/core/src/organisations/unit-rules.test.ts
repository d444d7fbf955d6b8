import { describe, expect, test } from "vitest";
import { OrganisationAttributes } from "./schemas.ts";
import { attributeFaults, isCovered, parentFault, type UnitPiece } from "./unit-rules.ts";
import type { Attributes } from "./version-attributes.ts";

const attributes = (given: Partial<Attributes> = {}): Attributes => ({
  ...OrganisationAttributes.parse({ parentSorId: null, name: "Enhed" }),
  ...given,
});
const piece = (
  parentSorId: string | null,
  validFrom = "2020-01-01",
  validTo: string | null = null,
): UnitPiece => ({
  validFrom,
  validTo,
  content: attributes({ parentSorId }),
});
const always = [{ validFrom: "2000-01-01", validTo: null }];

describe("attributes of a level", () => {
  test.each([
    ["owner", { shakCode: "1301" }, ["shakCode"]],
    ["owner", { glnInherited: true }, ["glnInherited"]],
    ["owner", { gln: "5790000123117" }, []],
    ["institution", { providerNumber: "042897" }, ["providerNumber"]],
    ["institution", { shakCode: "1301", visitingAddress: {} }, []],
    ["institution", { specialities: [{ code: "394594003" }] }, ["specialities"]],
    ["unit", { providerNumber: "042897", activityAddress: {}, isReportingLevel: true }, []],
    ["unit", { gln: "5790000123117", glnInherited: true }, ["glnInherited"]],
  ] as const)("%s with %j breaks %j", (level, given, fields) => {
    const found = attributeFaults(level, attributes(given as Partial<Attributes>));
    expect(found.map((fault) => fault.field)).toEqual(fields);
  });
});

describe("the parent", () => {
  test.each([
    ["owner", null, undefined, undefined],
    ["owner", "1", { level: "owner", periods: always }, "owner-has-parent"],
    ["institution", null, undefined, "parent-missing"],
    ["institution", "1", undefined, "parent-unknown"],
    ["institution", "1", { level: "owner", periods: always }, undefined],
    ["institution", "1", { level: "institution", periods: always }, "parent-wrong-level"],
    ["unit", "1", { level: "owner", periods: always }, "parent-wrong-level"],
    ["unit", "1", { level: "institution", periods: always }, undefined],
    ["unit", "1", { level: "unit", periods: always }, undefined],
    [
      "unit",
      "1",
      { level: "unit", periods: [{ validFrom: "2020-01-02", validTo: null }] },
      "parent-not-valid",
    ],
    [
      "unit",
      "1",
      { level: "unit", periods: [{ validFrom: "2020-01-01", validTo: "2030-01-01" }] },
      "parent-not-valid",
    ],
  ] as const)("of %s, given %s as %j: %s", (level, parentSorId, parent, fault) => {
    expect(parentFault(level, piece(parentSorId), parent)?.fault).toBe(fault);
  });

  test.each([
    ["2020-01-01", "2021-01-01", [["2020-01-01", "2021-01-01"]], true],
    [
      "2020-01-01",
      "2021-01-01",
      [
        ["2020-06-01", "2021-01-01"],
        ["2020-01-01", "2020-06-01"],
      ],
      true,
    ],
    [
      "2020-01-01",
      "2021-01-01",
      [
        ["2020-01-01", "2020-06-01"],
        ["2020-06-02", null],
      ],
      false,
    ],
    [
      "2020-01-01",
      null,
      [
        ["2019-01-01", "2020-06-01"],
        ["2020-06-01", null],
      ],
      true,
    ],
    ["2020-01-01", null, [["2019-01-01", "2040-01-01"]], false],
    ["2020-01-01", null, [], false],
  ] as const)("%s to %s is covered by %j: %s", (validFrom, validTo, others, expected) => {
    const periods = others.map(([from, to]) => ({ validFrom: from, validTo: to }));
    expect(isCovered({ validFrom, validTo }, periods)).toBe(expected);
  });
});
