import { beforeAll, describe, expect, test } from "vitest";
import { applyChangeSet, previewChangeSet, revertChangeSet, submitChangeSet } from "../changesets/index.ts";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { LocationFilter, listGlns, listRegistrations } from "../message-types/index.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, aPerson, aVendor, newGln, receives, testDatabase } from "../testing/index.ts";
import { BulkEdit, draftBulk, listSavedSearches, removeSearch, saveSearch } from "./index.ts";
import { planBulk } from "./plan-bulk.ts";

const now = new Date("2026-06-01T10:00:00Z");
const at = "2026-07-01T00:00:00+02:00";
let db: Database;
let vendor: Context;
let stranger: Context;
let [from, to] = ["", ""];
const glns = Array.from({ length: 6 }, newGln).toSorted();
const types = [
  ["DIS91", "D9134L"],
  ["CTL01", "C0130Q"],
] as const;

beforeAll(async () => {
  db = await testDatabase();
  const [mine, other] = [await aVendor(db), await aVendor(db)];
  const as = async (supplierId: string) => createContext(db, await aPerson(db, supplierId, now), now);
  [vendor, stranger] = [await as(mine.supplierId), await as(other.supplierId)];
  [from, to] = [await anEndpoint(db, mine), await anEndpoint(db, mine)];
  for (const [n, gln] of glns.entries()) {
    await aLocation(db, { gln, supplierId: mine.supplierId, ...(n === 5 && { validTo: "2027-01-01" }) });
    await receives(db, gln, from, n < 4 ? types : types.slice(1));
  }
});

const edit = (steps: object[], more: object = {}) =>
  BulkEdit.parse({ title: "Prøve", steps, filter: {}, ...more });
const held = async (gln: string, when: string) =>
  (await listRegistrations(vendor, { gln, at: new Date(when) })).map(
    ({ messageType, endpointId }) => `${messageType} ${endpointId === to ? "to" : "from"}`,
  );

test("all that a filter finds moves from a day as one set, and comes back by its undo", async () => {
  const move = { step: "move", fromEndpointId: from, endpointId: to, at };
  const { set, ...counts } = await draftBulk(vendor, edit([move], { filter: { messageType: "DIS91" } }));
  expect([counts, set?.items.length]).toEqual([{ selected: 4, unchanged: 0 }, 4]);
  const id = set?.id ?? "";
  const { problems, differences } = await previewChangeSet(vendor, { id });
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(differences).toHaveLength(4);
  await submitChangeSet(vendor, { id });
  await applyChangeSet(vendor, { id });
  expect(await held(glns[0] ?? "", "2026-06-30T10:00:00Z")).toEqual(["CTL01 from", "DIS91 from"]);
  expect(await held(glns[0] ?? "", "2026-07-01T10:00:00Z")).toEqual(["CTL01 to", "DIS91 to"]);
  expect(await held(glns[4] ?? "", "2026-07-01T10:00:00Z")).toEqual(["CTL01 from"]);
  const undo = await revertChangeSet(vendor, { id });
  await submitChangeSet(vendor, { id: undo.id });
  await applyChangeSet(vendor, { id: undo.id });
  expect(await held(glns[0] ?? "", "2026-07-01T10:00:00Z")).toEqual(["CTL01 from", "DIS91 from"]);
});

describe("no set is drafted", () => {
  test("for what changes nothing", async () => {
    const add = { step: "add", messageType: "CTL01", version: "C0130Q", endpointId: from, at };
    expect(await draftBulk(vendor, edit([add]))).toEqual({ selected: 6, unchanged: 6, set: null });
  });

  test("when nothing is selected, or more than a set can change", async () => {
    const steps = [{ step: "end", messageType: "DIS91" }];
    await expect(draftBulk(stranger, edit(steps))).rejects.toMatchObject({
      details: { fault: "nothing-selected" },
    });
    await expect(draftBulk(vendor, edit(steps, { glns: [] }))).rejects.toMatchObject({
      details: { fault: "nothing-selected" },
    });
    expect(BulkEdit.safeParse({ title: "x", steps, glns: Array(5001).fill(glns[0]) }).success).toBe(false);
  });
});

test("a list with another vendor's location numbers gives a set that its preview refuses", async () => {
  const { set } = await draftBulk(
    stranger,
    edit([{ step: "end", messageType: "DIS91" }], { glns: [glns[0]] }),
  );
  const { problems } = await previewChangeSet(stranger, { id: set?.id ?? "" });
  expect(problems.map(({ fault }) => fault)).toContain("not-allowed");
});

test("an end without a type is about all, and each location number gets one command however many steps there are", async () => {
  const steps = [
    { step: "end", at },
    { step: "add", messageType: "DIS91", version: "D9134L", endpointId: to, at },
  ];
  const { commands, selected } = await planBulk(vendor, edit(steps));
  expect([selected, commands.map(({ gln }) => gln)]).toEqual([6, glns]);
});

test.each<[string, Partial<LocationFilter>, number]>([
  ["at an endpoint", {}, 6],
  ["with a type missing", { messageType: "DIS91", received: "no" }, 2],
  ["closing", { status: "closing" }, 1],
  ["changed since a day on which some were", { changedSince: "2026-06-01" }, 4],
  ["changed since a later day", { changedSince: "2026-06-02" }, 0],
  ["of a region that no unit is in", { region: "1084" }, 0],
  ["of a municipality that no unit is in", { municipality: "751" }, 0],
  ["of a net operator that none has", { operator: "X" }, 0],
])("the list filters location numbers %s", async (name, filter, expected) => {
  const more = name === "at an endpoint" ? { endpointId: from } : {};
  expect(await listGlns(vendor, LocationFilter.parse({ ...filter, ...more }), 100)).toHaveLength(expected);
});

test("a search is saved under its name for its account alone, replaced by one of the same name, and removed", async () => {
  await saveSearch(vendor, { name: "Mine", query: "status=closing" });
  await saveSearch(vendor, { name: "Mine", query: "status=coming" });
  expect(await listSavedSearches(vendor)).toEqual([{ name: "Mine", query: "status=coming" }]);
  expect(await listSavedSearches(stranger)).toEqual([]);
  await removeSearch(stranger, { name: "Mine" });
  expect(await listSavedSearches(vendor)).toHaveLength(1);
  await removeSearch(vendor, { name: "Mine" });
  expect(await listSavedSearches(vendor)).toEqual([]);
  const key: Actor = {
    ...(vendor.actor as Actor & { kind: "user" }),
    kind: "key",
    scopes: [],
    limitedTo: null,
  } as never;
  await expect(saveSearch(createContext(db, key, now), { name: "x", query: "" })).rejects.toMatchObject({
    code: "not-allowed",
  });
});

test("an account saves fifty searches and no more", async () => {
  for (let n = 0; n < 50; n += 1) await saveSearch(stranger, { name: `s${n}`, query: "" });
  await expect(saveSearch(stranger, { name: "one more", query: "" })).rejects.toMatchObject({
    code: "too-many",
  });
});

test.each([
  ["an end", [{ step: "end", messageType: "CTL01" }], "DIS91 from"],
  ["a move", [{ step: "move", messageType: "DIS91", endpointId: "to" }], "DIS91 to"],
])("%s at once has no period that has ended", async (_name, steps, expected) => {
  const given = steps.map((step) => ({ ...step, ...("endpointId" in step && { endpointId: to }) }));
  const { set } = await draftBulk(vendor, edit(given, { glns: [glns[1]], filter: undefined }));
  const { problems } = await previewChangeSet(vendor, { id: set?.id ?? "" });
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  await submitChangeSet(vendor, { id: set?.id ?? "" });
  await applyChangeSet(vendor, { id: set?.id ?? "" });
  expect(await held(glns[1] ?? "", "2026-07-01T10:00:00Z")).toContain(expected);
});
