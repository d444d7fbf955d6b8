import { beforeAll, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { faultTexts } from "../faults/index.ts";
import {
  getOrganisation,
  listOpenSuccessors,
  listSuccessors,
  listWithdrawals,
} from "../organisations/index.ts";
import { applySet, draftSet, editingToday, editorsOfRegister, unitToCreate } from "../testing/index.ts";
import { applyChangeSet, previewChangeSet, revertChangeSet, submitChangeSet } from "./index.ts";

let house: string;
let system: Context;
let region: (name?: string) => Context;

beforeAll(async () => {
  ({ house, system, region } = await editorsOfRegister());
});

test("a unit is closed with its successor, and a successor that has closed is refused", async () => {
  const [gone, next] = (await applySet(system, [
    unitToCreate(house, { level: "unit" }),
    unitToCreate(house, { level: "unit", validTo: "2026-06-15" }),
  ])) as [string, string];
  const close = (successor: string) => ({
    kind: "unit.close",
    sorId: gone,
    validTo: "2026-07-01",
    closing: "replaced",
    successors: [{ sorId: successor }],
  });
  const id = await draftSet(region(), [close(next)]);
  expect((await previewChangeSet(region(), { id })).problems.map((each) => each.fault)).toEqual([
    "successor-closed",
  ]);
  await applySet(region(), [close(house)]);
  expect((await listSuccessors(system, { sorId: gone })).replacedBy).toMatchObject([
    { sorId: house, share: "all" },
  ]);
});

test("a unit registered in error keeps its number and reason, also after it closed, until that is undone", async () => {
  const [wrong, next] = (await applySet(system, [
    unitToCreate(house, { level: "unit" }),
    unitToCreate(house, { level: "unit" }),
  ])) as [string, string];
  const close = { kind: "unit.close", sorId: wrong, validTo: "2026-07-01" };
  await applySet(region(), [{ ...close, closing: "replaced", successors: [{ sorId: next }] }]);
  const set = await draftSet(region(), [
    { ...close, validTo: "2026-08-01", closing: "registered-in-error", reason: "duplicate" },
  ]);
  const { differences } = await previewChangeSet(region(), { id: set });
  expect(differences).toEqual([
    { type: "withdrawal", id: wrong, removed: [], added: [{ reason: "duplicate", validTo: "2026-08-01" }] },
  ]);
  await submitChangeSet(region(), { id: set });
  await applyChangeSet(region(), { id: set });
  const gone = () => getOrganisation(system, { sorId: wrong, validAt: "2026-07-01" });
  await expect(gone()).rejects.toMatchObject({
    code: "gone",
    details: { withdrawn: "duplicate", replacedBy: [next] },
  });
  expect((await listWithdrawals(system, { reason: "duplicate" })).items).toMatchObject([
    { sorId: wrong, reason: "duplicate" },
  ]);
  const taken = await draftSet(system, [unitToCreate(house, { level: "unit", sorId: wrong })]);
  const { problems } = await previewChangeSet(system, { id: taken });
  expect(problems.map((each) => each.fault)).toEqual(["sor-id-taken"]);
  const undo = await revertChangeSet(region(), { id: set });
  await submitChangeSet(region(), { id: undo.id });
  await applyChangeSet(region(), { id: undo.id });
  await expect(gone()).rejects.toMatchObject({ words: faultTexts["unit-closed"] });
});

test("several that take over take a part each, none all of it, and open ends are found through closed ones", async () => {
  const ids = await applySet(
    system,
    Array.from({ length: 4 }, () => unitToCreate(house, { level: "unit" })),
  );
  const [first, a, b, c] = ids as [string, string, string, string];
  const replace = (sorId: string, successors: object[]) => ({ kind: "unit.replace", sorId, successors });
  const both = [{ sorId: a }, { sorId: b }];
  const wrong = await draftSet(region(), [replace(first, [{ sorId: a, share: "all" }, { sorId: b }])]);
  const { problems } = await previewChangeSet(region(), { id: wrong });
  expect(problems.map((each) => each.fault)).toEqual(["successor-shares"]);
  await applySet(region(), [replace(first, both)]);
  const close = { kind: "unit.close", sorId: a, validTo: editingToday, closing: "replaced" };
  await applySet(region(), [{ ...close, successors: [{ sorId: c, share: "function" }] }]);
  expect(await listOpenSuccessors(system, { sorId: first })).toMatchObject([
    { sorId: b, share: "part", via: [], shares: ["part"] },
    { sorId: c, share: "function", via: [a], shares: ["part", "function"] },
  ]);
});
