import { beforeAll, describe, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { completeGln, makeSorId } from "../identifiers/index.ts";
import { anOrganisation, testDatabase } from "../testing/index.ts";
import {
  findOrganisation,
  findOrganisations,
  getOrganisation,
  glnsOfSubtree,
  listAncestors,
  listChildren,
  listClosedChildren,
  listDescendants,
  listOrganisationHistory,
  listSubtree,
  listSuccessors,
  listUnitsOfGln,
  nameUnits,
  unitPathOfGln,
} from "./index.ts";
import { organisationSuccessors } from "./tables.ts";

const sor = (n: number) => makeSorId(1000 + n);
const glnOfRegion = completeGln("579000100000");
const glnOfPractice = completeGln("579000100001");
const [region, hospital, department, ward, owner, practice, doctorA, doctorB, closed] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9,
].map(sor) as [string, string, string, string, string, string, string, string, string];
const today = "2026-06-01";

let db: Database;
let ctx: Context;

beforeAll(async () => {
  db = await testDatabase();
  ctx = createContext(db, { kind: "anonymous" }, new Date(`${today}T10:00:00Z`));
  await anOrganisation(db, {
    sorId: region,
    name: "Region Prøve",
    gln: glnOfRegion,
    postalAddress: { street: "Regionsvej", building: "1", postCode: "8000", district: "Aarhus C" },
    virtualAddress: { telephone: "87654321" },
  });
  await anOrganisation(db, {
    sorId: hospital,
    level: "institution",
    parentSorId: region,
    name: "Prøve Hospital",
    shakCode: "9901",
    glnInherited: true,
    visitingAddress: { street: "Indgang", building: "G", postCode: "8200", district: "Aarhus N" },
  });
  await anOrganisation(db, {
    sorId: department,
    level: "unit",
    parentSorId: hospital,
    name: "Øjenafdelingen",
    shakCode: "990101",
    postalAddress: { street: "Øjenvej", building: "7", postCode: "8240", district: "Risskov" },
  });
  await anOrganisation(db, {
    sorId: ward,
    level: "unit",
    parentSorId: department,
    name: "Øjenafsnit 1",
    glnInherited: true,
  });
  await anOrganisation(db, { sorId: owner, name: "Lægerne I/S", cvr: "12669232" });
  await anOrganisation(db, { sorId: practice, level: "institution", parentSorId: owner, name: "Lægerne" });
  for (const [sorId, name] of [
    [doctorA, "Læge A"],
    [doctorB, "Læge B"],
  ] as const) {
    await anOrganisation(db, { sorId, level: "unit", parentSorId: practice, name, gln: glnOfPractice });
  }
  await anOrganisation(db, { sorId: closed, name: "Lukket", validTo: "2025-01-01" });
  await db.insert(organisationSuccessors).values({ fromSorId: closed, toSorId: region });
});

describe("inheritance", () => {
  test("a ward inherits its department's address, its region's location number and its region's telephone", async () => {
    const { effective } = await getOrganisation(ctx, { sorId: ward });
    expect(effective.postalAddress).toMatchObject({
      inherited: true,
      rule: "parent",
      from: { sorId: department, name: "Øjenafdelingen" },
      value: { district: "Risskov" },
    });
    expect(effective.visitingAddress).toMatchObject({ rule: "postal", value: { district: "Risskov" } });
    expect(effective.activityAddress).toMatchObject({ rule: "visiting", value: { district: "Risskov" } });
    expect(effective.virtualAddress).toMatchObject({ from: { sorId: region }, inherited: true });
    expect(effective.gln).toMatchObject({ value: glnOfRegion, inherited: true, from: { sorId: region } });
  });

  test("a unit without a location number that is not marked as inheriting has none", async () => {
    expect((await getOrganisation(ctx, { sorId: department })).effective.gln).toBeNull();
  });

  test("the units of a location number are listed, those that have it before those that inherit it", async () => {
    expect(await listUnitsOfGln(ctx, { gln: glnOfRegion })).toEqual([
      { sorId: region, level: "owner", name: "Region Prøve", inherited: false, fromSorId: region },
      { sorId: hospital, level: "institution", name: "Prøve Hospital", inherited: true, fromSorId: region },
      { sorId: ward, level: "unit", name: "Øjenafsnit 1", inherited: true, fromSorId: region },
    ]);
  });
});

describe("finding and traversing", () => {
  test("a location number finds all its units, each with its path", async () => {
    const found = await findOrganisations(ctx, { kind: "gln", value: glnOfPractice });
    expect(found.map((unit) => unit.sorId)).toEqual([doctorA, doctorB]);
    expect(found[0]?.path.map((step) => step.sorId)).toEqual([owner, practice, doctorA]);
  });

  test.each([
    ["shak", "990101", department],
    ["cvr", "12669232", owner],
    ["sorId", hospital, hospital],
  ] as const)("%s %s finds its unit", async (kind, value, sorId) => {
    expect((await findOrganisations(ctx, { kind, value })).map((unit) => unit.sorId)).toEqual([sorId]);
  });

  test("the path of a location number contains all its units and all their ancestors", async () => {
    expect((await unitPathOfGln(db, glnOfPractice, today)).toSorted()).toEqual(
      [owner, practice, doctorA, doctorB].toSorted(),
    );
    expect(await unitPathOfGln(db, completeGln("579000199999"), today)).toEqual([]);
  });

  test("the location numbers of a subtree", async () => {
    expect(await glnsOfSubtree(db, owner, today)).toEqual([glnOfPractice]);
  });

  test("ancestors run from the owner to the unit", async () => {
    expect((await listAncestors(ctx, { sorId: ward })).map((step) => step.level)).toEqual([
      "owner",
      "institution",
      "unit",
      "unit",
    ]);
  });

  test("children are sorted by name in pages without gaps or repetitions, with the number of their children", async () => {
    const first = await listChildren(ctx, { sorId: null, limit: 1 });
    const second = await listChildren(ctx, { sorId: null, limit: 1, after: first.next ?? "" });
    expect([...first.items, ...second.items].map((unit) => [unit.name, unit.childCount])).toEqual([
      ["Lægerne I/S", 1],
      ["Region Prøve", 1],
    ]);
    expect(second.next).toBeNull();
  });

  test("descendants are listed level by level in pages", async () => {
    const all = await listDescendants(ctx, { sorId: region, limit: 2 });
    const rest = await listDescendants(ctx, { sorId: region, limit: 2, after: all.next ?? "" });
    expect([...all.items, ...rest.items].map((unit) => [unit.depth, unit.sorId])).toEqual([
      [1, hospital],
      [2, department],
      [3, ward],
    ]);
  });

  test("a subtree from a day on has what stands below and what comes to stand there, with own location numbers", async () => {
    const coming = sor(70);
    await anOrganisation(db, {
      ...{ sorId: coming, level: "unit", parentSorId: practice, name: "Kommende læge" },
      validFrom: "2027-01-01",
    });
    const below = await listSubtree(ctx, { sorId: owner, day: today, limit: 10 });
    expect(below.map(({ sorId, depth, gln }) => [sorId, depth, gln])).toEqual([
      [practice, 1, null],
      [coming, 2, null],
      [doctorA, 2, glnOfPractice],
      [doctorB, 2, glnOfPractice],
    ]);
    expect(await listSubtree(ctx, { sorId: owner, day: today, limit: 1 })).toHaveLength(1);
  });

  test("closed units are listed below their last parent from the day on which they closed", async () => {
    const closedOn = async (validAt: string) =>
      (await listClosedChildren(ctx, { sorId: null, validAt, limit: 10 })).map((each) => each.name);
    expect(await closedOn("2024-12-31")).toEqual([]);
    expect(await closedOn("2025-01-01")).toEqual(["Lukket"]);
    expect(await nameUnits(ctx, { sorIds: [closed, ward, "1"] })).toEqual(
      new Map([
        [closed, "Lukket"],
        [ward, "Øjenafsnit 1"],
      ]),
    );
  });
});

describe("time", () => {
  test("a closed unit is gone, has its successor, and is still found on an earlier day", async () => {
    await expect(getOrganisation(ctx, { sorId: closed })).rejects.toMatchObject({
      code: "gone",
      details: { validTo: "2025-01-01", replacedBy: [region] },
    });
    expect((await getOrganisation(ctx, { sorId: closed, validAt: "2024-12-31" })).name).toBe("Lukket");
    expect(await findOrganisation(ctx, { sorId: closed, validAt: "2025-01-01" })).toBeUndefined();
    expect((await listSuccessors(ctx, { sorId: region })).replaces).toEqual([
      { sorId: closed, name: "Lukket", share: null },
    ]);
  });

  test("an unknown unit is not found, and a future one gives its opening day", async () => {
    await anOrganisation(db, { sorId: sor(50), validFrom: "2027-01-01" });
    await expect(getOrganisation(ctx, { sorId: "1" })).rejects.toMatchObject({ code: "not-found" });
    await expect(getOrganisation(ctx, { sorId: sor(50) })).rejects.toMatchObject({
      code: "not-found",
      details: { validFrom: "2027-01-01" },
    });
  });

  test("what was known on a day is what was registered then, whatever was corrected since", async () => {
    const sorId = sor(60);
    const corrected = new Date("2026-03-01T00:00:00Z");
    await anOrganisation(db, { sorId, name: "Forkert", supersededAt: corrected });
    await anOrganisation(db, { sorId, name: "Rigtig", recordedAt: corrected });
    expect((await getOrganisation(ctx, { sorId })).name).toBe("Rigtig");
    const before = await getOrganisation(ctx, { sorId, knownAt: new Date("2026-02-28T23:59:59Z") });
    expect(before.name).toBe("Forkert");
    expect((await listOrganisationHistory(ctx, { sorId })).map((version) => version.name)).toEqual([
      "Forkert",
      "Rigtig",
    ]);
  });
});
