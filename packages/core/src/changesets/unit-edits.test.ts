import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { completeGln } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import {
  findOrganisation,
  getOrganisation,
  listSuccessors,
  NewOrganisation,
  OrganisationReplacement,
  OrganisationUpdate,
  searchOrganisations,
  type UnitLine,
} from "../organisations/index.ts";
import type { Actor } from "../permissions/index.ts";
import {
  closeOrganisation,
  createOrganisation,
  replaceOrganisation,
  testDatabase,
  updateOrganisation,
} from "../testing/index.ts";
import { UnitClosing } from "./index.ts";

const gln = completeGln("579000300000");
const system: Actor = { kind: "system", job: "test" };
const at = (instant: string, actor: Actor = system) => createContext(db, actor, new Date(instant));
let db: Database;
let ctx: Context;

beforeAll(async () => {
  db = await testDatabase();
  ctx = at("2026-06-01T10:00:00Z");
  await db.execute(sql`insert into locations (gln) values (${gln})`);
});

type Given = { level?: string; validFrom?: string; validTo?: string | null; [attribute: string]: unknown };

async function aUnit({ level = "owner", validFrom = "2020-01-01", validTo, ...attributes }: Given = {}) {
  const given = { parentSorId: null, name: "Enhed", ...attributes };
  const input = NewOrganisation.parse({ level, validFrom, validTo: validTo ?? null, attributes: given });
  return await createOrganisation(ctx, input);
}
async function update(sorId: string, validFrom: string, attributes: object, validTo: string | null = null) {
  return await updateOrganisation(ctx, OrganisationUpdate.parse({ sorId, validFrom, validTo, attributes }));
}
async function close(sorId: string, validTo: string) {
  return await closeOrganisation(ctx, UnitClosing.parse({ sorId, validTo }));
}
const periods = (line: UnitLine) =>
  line.versions.map((version) => [version.validFrom, version.validTo, version.name]);

describe("registering", () => {
  test("units get consecutive SOR ids of their own, with check digit", async () => {
    const [a, b] = [await aUnit(), await aUnit()];
    expect(BigInt(b.sorId.slice(0, -10)) - BigInt(a.sorId.slice(0, -10))).toBe(1n);
    await expect(
      createOrganisation(
        ctx,
        NewOrganisation.parse({
          sorId: a.sorId,
          level: "owner",
          validFrom: "2020-01-01",
          attributes: { parentSorId: null, name: "Igen" },
        }),
      ),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  test("the journal records what was added, and which location numbers are affected", async () => {
    const { sorId } = await aUnit({ gln });
    const [entry] = await listJournal(db, { subjectId: sorId, limit: 1 });
    expect(entry).toMatchObject({
      action: "unit.edit",
      subjectType: "unit",
      glns: [gln],
      sorIds: [sorId],
      before: null,
      after: {
        versions: [{ validFrom: "2020-01-01", validTo: null, name: "Enhed", updatedOn: "2026-06-01" }],
      },
    });
  });

  test.each([
    [
      "an unknown location number",
      { gln: completeGln("579000399999") },
      { field: "gln", fault: "no-such-location" },
    ],
    [
      "an unknown parent",
      { level: "unit", parentSorId: "306011000016003" },
      { field: "parentSorId", fault: "parent-unknown" },
    ],
    ["no parent", { level: "unit" }, { field: "parentSorId", fault: "parent-missing" }],
    ["a validity of no days", { validTo: "2020-01-01" }, { field: "validTo", fault: "validity-reversed" }],
  ])("%s is rejected and writes nothing", async (_name, given, details) => {
    const count = async () => await db.$count(sql`organisations`);
    const before = await count();
    await expect(aUnit(given)).rejects.toMatchObject({ code: "invalid", details });
    expect(await count()).toBe(before);
  });

  test("a unit may not be valid longer than its parent", async () => {
    const parent = await aUnit({ validTo: "2030-01-01" });
    const below = { level: "institution", parentSorId: parent.sorId };
    await expect(aUnit(below)).rejects.toMatchObject({ details: { fault: "parent-not-valid" } });
    expect((await aUnit({ ...below, validTo: "2030-01-01" })).versions).toHaveLength(1);
  });
});

describe("changing", () => {
  test("a change from a day keeps the earlier content; repeating it changes nothing and is not journalled", async () => {
    const { sorId } = await aUnit({ cvr: "12669232" });
    const line = await update(sorId, "2026-07-01", { name: "Nyt navn" });
    expect(periods(line)).toEqual([
      ["2020-01-01", "2026-07-01", "Enhed"],
      ["2026-07-01", null, "Nyt navn"],
    ]);
    expect(line.versions[1]?.cvr).toBe("12669232");
    const entries = await listJournal(db, { subjectId: sorId, limit: 10 });
    expect(periods(await update(sorId, "2026-07-01", { name: "Nyt navn" }))).toEqual(periods(line));
    expect(await listJournal(db, { subjectId: sorId, limit: 10 })).toHaveLength(entries.length);
  });

  test("attributes left out are unchanged, also where they differ between periods", async () => {
    const { sorId } = await aUnit();
    await update(sorId, "2027-01-01", { name: "Fra 2027" });
    const line = await update(sorId, "2026-01-01", { regionCode: "1083" });
    expect(line.versions.map((each) => [each.validFrom, each.name, each.regionCode])).toEqual([
      ["2020-01-01", "Enhed", null],
      ["2026-01-01", "Enhed", "1083"],
      ["2027-01-01", "Fra 2027", "1083"],
    ]);
  });

  test("what was known before a change is never lost", async () => {
    const { sorId } = await aUnit();
    const before = new Date("2026-06-01T12:00:00Z");
    const later = at("2026-06-02T10:00:00Z");
    await updateOrganisation(
      later,
      OrganisationUpdate.parse({ sorId, validFrom: "2021-01-01", attributes: { name: "Rettet" } }),
    );
    expect((await getOrganisation(later, { sorId, validAt: "2022-01-01" })).name).toBe("Rettet");
    expect((await getOrganisation(later, { sorId, validAt: "2022-01-01", knownAt: before })).name).toBe(
      "Enhed",
    );
  });

  test("a changed address is found on every unit that inherits it", async () => {
    const owner = await aUnit({ name: "Ejer Å", postalAddress: { postCode: "9990", district: "Skagen" } });
    await aUnit({ level: "institution", parentSorId: owner.sorId, name: "Arvende klinik Å" });
    const names = async (q: string) => (await searchOrganisations(ctx, { q })).items.map((hit) => hit.name);
    expect(await names("arvende skagen")).toEqual(["Arvende klinik Å"]);
    await update(owner.sorId, "2020-01-01", { postalAddress: { postCode: "3770", district: "Allinge" } });
    expect(await names("arvende skagen")).toEqual([]);
    expect(await names("arvende allinge")).toEqual(["Arvende klinik Å"]);
  });

  test("a unit cannot be moved below itself, and a region may not move a unit out of its part", async () => {
    const owner = await aUnit();
    const foreign = await aUnit({ name: "Fremmed" });
    const house = await aUnit({ level: "institution", parentSorId: owner.sorId });
    const top = await aUnit({ level: "unit", parentSorId: house.sorId });
    const low = await aUnit({ level: "unit", parentSorId: top.sorId });
    await expect(update(top.sorId, "2026-01-01", { parentSorId: low.sorId })).rejects.toMatchObject({
      code: "invalid",
      details: { fault: "circle" },
    });
    const grant = { role: "region", scope: { kind: "subtree", sorId: owner.sorId } } as const;
    const region = at("2026-06-01T10:00:00Z", {
      kind: "user",
      id: "r",
      name: "r",
      supplierId: null,
      grants: [{ ...grant, validFrom: new Date(0), validTo: null }],
    });
    const edit = (attributes: object, sorId = house.sorId) =>
      updateOrganisation(region, OrganisationUpdate.parse({ sorId, validFrom: "2026-01-01", attributes }));
    expect((await edit({ name: "Eget hus" })).versions.at(-1)?.name).toBe("Eget hus");
    await expect(edit({ parentSorId: foreign.sorId })).rejects.toMatchObject({ code: "not-allowed" });
    await expect(edit({ name: "x" }, foreign.sorId)).rejects.toMatchObject({ code: "not-allowed" });
    const [refusal] = await listJournal(db, { subjectId: house.sorId, limit: 1 });
    expect(refusal).toMatchObject({ outcome: "refused", actorId: "r" });
  });

  test("moving a unit affects every location number below it, at the old place and the new", async () => {
    const [from, to] = [await aUnit(), await aUnit()];
    const house = await aUnit({ level: "institution", parentSorId: from.sorId });
    await aUnit({ level: "unit", parentSorId: house.sorId, gln });
    await update(house.sorId, "2026-01-01", { parentSorId: to.sorId });
    const [entry] = await listJournal(db, { subjectId: house.sorId, limit: 1 });
    expect(entry?.glns).toEqual([gln]);
    expect(entry?.sorIds.toSorted()).toEqual([house.sorId, from.sorId, to.sorId].toSorted());
  });
});

describe("closing and replacing", () => {
  test("a unit closes from a day, but not before the units below it", async () => {
    const owner = await aUnit();
    const house = await aUnit({ level: "institution", parentSorId: owner.sorId });
    await expect(close(owner.sorId, "2026-07-01")).rejects.toMatchObject({
      code: "conflict",
      details: { open: [house.sorId] },
    });
    await close(house.sorId, "2026-07-01");
    await close(owner.sorId, "2026-07-01");
    expect((await findOrganisation(ctx, { sorId: owner.sorId, validAt: "2026-06-30" }))?.validTo).toBe(
      "2026-07-01",
    );
    expect(await findOrganisation(ctx, { sorId: owner.sorId, validAt: "2026-07-01" })).toBeUndefined();
    await expect(close(owner.sorId, "2020-01-01")).rejects.toMatchObject({ code: "invalid" });
    await expect(update(owner.sorId, "2026-08-01", { name: "x" })).rejects.toMatchObject({ code: "invalid" });
  });

  test("successors are listed, are registered units, and have no cycles", async () => {
    const [a, b, c] = [await aUnit({ name: "A" }), await aUnit({ name: "B" }), await aUnit({ name: "C" })];
    const replace = (sorId: string, ...sorIds: string[]) =>
      replaceOrganisation(
        ctx,
        OrganisationReplacement.parse({ sorId, successors: sorIds.map((each) => ({ sorId: each })) }),
      );
    await replace(a.sorId, b.sorId);
    await replace(b.sorId, c.sorId);
    expect(await listSuccessors(ctx, { sorId: b.sorId })).toEqual({
      replaces: [{ sorId: a.sorId, name: "A", share: "all" }],
      replacedBy: [{ sorId: c.sorId, name: "C", share: "all" }],
    });
    await expect(replace(c.sorId, a.sorId)).rejects.toMatchObject({ details: { fault: "successor-circle" } });
    await expect(replace(c.sorId, "306011000016003")).rejects.toMatchObject({
      details: { fault: "no-such-successor" },
    });
    await replace(a.sorId);
    expect((await listSuccessors(ctx, { sorId: a.sorId })).replacedBy).toEqual([]);
  });
});

test("two concurrent moves of units below each other never create a cycle", async () => {
  const owner = await aUnit();
  const house = await aUnit({ level: "institution", parentSorId: owner.sorId });
  const [a, b] = [
    await aUnit({ level: "unit", parentSorId: house.sorId }),
    await aUnit({ level: "unit", parentSorId: house.sorId }),
  ];
  const moves = await Promise.allSettled([
    update(a.sorId, "2026-01-01", { parentSorId: b.sorId }),
    update(b.sorId, "2026-01-01", { parentSorId: a.sorId }),
  ]);
  expect(moves.map((move) => move.status).toSorted()).toEqual(["fulfilled", "rejected"]);
});
