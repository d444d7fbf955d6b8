import { beforeAll, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import { makeSorId } from "../identifiers/index.ts";
import { anOrganisation, testDatabase } from "../testing/index.ts";
import { listBranch } from "./index.ts";

const sor = (n: number) => makeSorId(4000 + n);
let ctx: Context;

beforeAll(async () => {
  const db = await testDatabase();
  ctx = createContext(db, { kind: "anonymous" }, new Date("2026-06-01T10:00:00Z"));
  const below = (parent: number, more: object = {}) => ({
    level: "unit" as const,
    parentSorId: sor(parent),
    ...more,
  });
  await anOrganisation(db, { sorId: sor(1), name: "Hospital", organisationalLevelName: "Hospital" });
  await anOrganisation(db, { sorId: sor(2), name: "Stab", ...below(1) });
  await anOrganisation(db, {
    sorId: sor(3),
    name: "Hjerte",
    ...below(2),
    organisationalLevelName: "Afdeling",
  });
  await anOrganisation(db, {
    sorId: sor(4),
    name: "Afsnit 1",
    ...below(3),
    organisationalLevelName: "Afsnit",
  });
  await anOrganisation(db, { sorId: sor(5), name: "Lukket", ...below(3), validTo: "2021-01-01" });
});

test("a unit stands below its parent, and clinically below the nearest unit with a clinical level", async () => {
  const { units, isAll } = await listBranch(ctx, { sorId: sor(1), limit: 10 });
  expect(
    units.map((unit) => [unit.name, unit.parentSorId, unit.clinicalLevel, unit.clinicalParentSorId]),
  ).toEqual([
    ["Hospital", null, "Hospital", null],
    ["Stab", sor(1), null, sor(1)],
    ["Hjerte", sor(2), "Afdeling", sor(1)],
    ["Afsnit 1", sor(3), "Afsnit", sor(3)],
  ]);
  expect(isAll).toBe(true);
});

test("the day counts, and a branch that is cut says so", async () => {
  const names = async (more: object) =>
    (await listBranch(ctx, { sorId: sor(3), limit: 10, ...more })).units.map((unit) => unit.name);
  expect(await names({ validAt: "2020-06-01" })).toEqual(["Hjerte", "Afsnit 1", "Lukket"]);
  expect(await names({})).toEqual(["Hjerte", "Afsnit 1"]);
  expect(await listBranch(ctx, { sorId: sor(1), limit: 2 })).toMatchObject({ isAll: false });
});
