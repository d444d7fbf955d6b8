import { beforeAll, describe, expect, test } from "vitest";
import { type Context, createContext } from "../../context.ts";
import { completeGln, makeSorId } from "../../identifiers/index.ts";
import { anOrganisation, testDatabase } from "../../testing/index.ts";
import { refreshSearchTexts, searchOrganisations, suggestOrganisations } from "../index.ts";

const sor = (n: number) => makeSorId(2000 + n);
const gln = completeGln("579000100007");
let ctx: Context;

beforeAll(async () => {
  const db = await testDatabase();
  ctx = createContext(db, { kind: "anonymous" }, new Date("2026-06-01T10:00:00Z"));
  const roskilde = { street: "Hestetorvet", building: "8", postCode: "4000", district: "Roskilde" };
  await anOrganisation(db, {
    sorId: sor(1),
    name: "Roskilde Øjenklinik",
    postalAddress: roskilde,
    regionCode: "1085",
  });
  await anOrganisation(db, { sorId: sor(2), name: "Ærø Sygehus", level: "institution", regionCode: "1083" });
  await anOrganisation(db, {
    sorId: sor(3),
    name: "Aarhus Universitetshospital",
    gln,
    municipalityCode: "751",
  });
  await anOrganisation(db, { sorId: sor(4), name: "Lægehuset Café Blå", providerNumber: "042897" });
  await anOrganisation(db, { sorId: sor(5), name: "Lukket Øjenklinik", validTo: "2020-06-01" });
  await anOrganisation(db, { sorId: sor(6), name: "Privathospitalet 100%" });
  for (let n = 10; n < 40; n += 1) await anOrganisation(db, { sorId: sor(n), name: `Apotek nummer ${n}` });
});

const namesOf = async (q: string, more: object = {}) =>
  (await searchOrganisations(ctx, { q, ...more })).items.map((hit) => hit.name);

test("kinds as people call them, the unit above, telephone numbers, and numbers with their name in front find a unit", async () => {
  const db = await testDatabase();
  const [owner, house, practice] = [sor(50), sor(51), sor(52)];
  await anOrganisation(db, { sorId: owner, name: "Pileby" });
  const ofCardiology = { typeCode: "394761003", virtualAddress: { telephone: "+45 86 12 34 56" }, gln };
  await anOrganisation(db, {
    sorId: house,
    name: "Klitholt",
    level: "institution",
    parentSorId: owner,
    ...ofCardiology,
  });
  const physio = { typeCode: "547011000005103", parentSorId: owner, level: "institution" } as const;
  await anOrganisation(db, { sorId: practice, name: "Bevægelse", ...physio });
  await db.transaction((tx) => refreshSearchTexts(tx, [owner], { reach: "subtree", today: "2026-06-01" }));
  const here = createContext(db, { kind: "anonymous" }, new Date("2026-06-01T10:00:00Z"));
  const find = async (q: string) => (await searchOrganisations(here, { q })).items.map((hit) => hit.name);
  expect(await find("praktiserende læge Klitholt")).toEqual(["Klitholt"]);
  expect(await find("fysioterapeut")).toEqual(["Bevægelse"]);
  expect(await find("pileby klitholt")).toEqual(["Klitholt"]);
  expect(await find("86 12 34 56")).toEqual(["Klitholt"]);
  expect(await find("+45 86123456")).toEqual(["Klitholt"]);
  expect(await find("86 12 34 99")).toEqual([]);
  expect(await find(`EAN ${gln}`)).toEqual(["Klitholt"]);
});

describe("folded", () => {
  const [firm, practice, doctor, ward, ownWard] = [sor(60), sor(61), sor(62), sor(63), sor(64)];
  const shared = completeGln("579000100014");
  let here: Context;
  beforeAll(async () => {
    const db = await testDatabase();
    here = createContext(db, { kind: "anonymous" }, new Date("2026-06-01T10:00:00Z"));
    await anOrganisation(db, { sorId: firm, name: "Aal Læger", typeCode: "550891000005100", gln: shared });
    const inherits = { glnInherited: true, parentSorId: firm };
    await anOrganisation(db, {
      ...inherits,
      sorId: practice,
      name: "Aal Læger",
      level: "institution",
      typeCode: "394761003",
    });
    const below = { level: "unit", parentSorId: practice } as const;
    await anOrganisation(db, { ...inherits, ...below, sorId: doctor, name: "Læge 1" });
    await anOrganisation(db, { ...below, sorId: ward, name: "Zoneterapi" });
    await anOrganisation(db, { ...below, sorId: ownWard, name: "Ørevask", gln });
    await db.transaction((tx) => refreshSearchTexts(tx, [firm], { reach: "subtree", today: "2026-06-01" }));
  });
  const find = async (q: string, more: object = {}) =>
    await searchOrganisations(here, { q, folded: true, ...more });

  test("units that share a location number are one hit, under the institution's name", async () => {
    const { items, count } = await find("aal");
    expect(items.map((hit) => [hit.sorId, hit.isMatch, hit.unitCount])).toEqual([
      [practice, true, 2],
      [ward, true, 0],
      [ownWard, true, 0],
    ]);
    expect(items[0]?.units.map((unit) => unit.sorId)).toEqual([firm, doctor]);
    expect(count).toBe(3);
  });

  test("a hit whose own name was not asked for says which of its units was", async () => {
    const { items } = await find("læge 1 aal");
    expect(items.map((hit) => [hit.sorId, hit.isMatch])).toEqual([[practice, false]]);
    expect(items[0]?.units.map((unit) => [unit.sorId, unit.isMatch])).toEqual([
      [doctor, true],
      [firm, false],
    ]);
  });

  test("the kind is that of the institution that a unit belongs to", async () => {
    const ids = async (kind: string) => (await find("aal", { kind })).items.map((hit) => hit.sorId);
    expect(await ids("general-practice")).toEqual([practice, ward, ownWard]);
    expect(await ids("pharmacy")).toEqual([]);
    expect((await find("læge 1", { kind: "general-practice" })).items).toHaveLength(1);
  });

  test("a location number is one hit, and pages of hits have no gaps or repetitions", async () => {
    expect((await find(shared)).items.map((hit) => hit.sorId)).toEqual([practice]);
    const first = await find("aal", { limit: 1 });
    const rest = await find("aal", { limit: 5, after: first.next ?? undefined });
    expect([...first.items, ...rest.items].map((hit) => hit.sorId)).toEqual([practice, ward, ownWard]);
    expect([rest.next, rest.count]).toEqual([null, null]);
  });
});

describe("Danish spelling", () => {
  test.each([
    ["ærø", "Ærø Sygehus"],
    ["aeroe", "Ærø Sygehus"],
    ["ÆRØ SYGEHUS", "Ærø Sygehus"],
    ["århus", "Aarhus Universitetshospital"],
    ["Aarhus universitets", "Aarhus Universitetshospital"],
    ["oejenklinik roskilde", "Roskilde Øjenklinik"],
    ["øjenklinik 4000", "Roskilde Øjenklinik"],
    ["cafe blaa", "Lægehuset Café Blå"],
    ["klinik", "Roskilde Øjenklinik"],
  ])("%s finds %s", async (q, name) => {
    expect(await namesOf(q)).toEqual([name]);
  });

  test.each([
    ["universitetshosptial", "Aarhus Universitetshospital"],
    ["øjenklinnik", "Roskilde Øjenklinik"],
    ["Rosklide", "Roskilde Øjenklinik"],
    ["lægehsuet blå", "Lægehuset Café Blå"],
    ["sygehsu", "Ærø Sygehus"],
  ])("the misspelling %s still finds %s, marked as a likely misspelling", async (q, name) => {
    const { items } = await searchOrganisations(ctx, { q });
    expect(items.map((hit) => [hit.name, hit.match])).toEqual([[name, "spelling"]]);
  });

  test.each(["", "   ", "%", "_", "''", "xyzzyxyzzy", "ab\\"])(
    "%j finds nothing and harms nothing",
    async (q) => {
      expect(await namesOf(q)).toEqual([]);
    },
  );

  test("characters with a meaning in SQL are plain characters", async () => {
    expect(await namesOf("100%")).toEqual(["Privathospitalet 100%"]);
    expect(await namesOf("'; drop table organisations; --")).toEqual([]);
    expect(await namesOf("ærø")).toHaveLength(1);
  });
});

describe("identifiers", () => {
  test.each([
    [gln, sor(3), "gln"],
    [`${gln.slice(0, 4)} ${gln.slice(4)}`, sor(3), "gln"],
    ["042897", sor(4), "providerNumber"],
    [sor(2), sor(2), "sorId"],
  ])("%s is recognised", async (q, sorId, kind) => {
    const { items } = await searchOrganisations(ctx, { q });
    expect(items.map((hit) => [hit.sorId, hit.match, hit.matched?.kind])).toEqual([
      [sorId, "identifier", kind],
    ]);
  });
});

describe("filters and pages", () => {
  test("only units of the requested day, level, region and municipality", async () => {
    expect(await namesOf("øjenklinik", { validAt: "2020-05-31" })).toContain("Lukket Øjenklinik");
    expect(await namesOf("øjenklinik")).not.toContain("Lukket Øjenklinik");
    expect(await namesOf("sygehus", { level: "owner" })).toEqual([]);
    expect(await namesOf("sygehus", { level: "institution", region: "1083" })).toEqual(["Ærø Sygehus"]);
    expect(await namesOf("sygehus", { region: "1081" })).toEqual([]);
    expect(await namesOf("aarhus", { municipality: "751" })).toHaveLength(1);
  });

  test.each(["apotek", "nummer", "apotke"])("pages of %s have no gaps or repetitions", async (q) => {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await searchOrganisations(ctx, { q, limit: 7, after });
      seen.push(...page.items.map((hit) => hit.sorId));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toHaveLength(30);
    expect(new Set(seen).size).toBe(30);
  });

  test("names that begin with the text come before names that contain it", async () => {
    const hits = await suggestOrganisations(ctx, { q: "o" });
    expect(hits).toHaveLength(10);
    const order = (await searchOrganisations(ctx, { q: "ro", limit: 50 })).items.map((hit) => hit.match);
    expect(order).toEqual(order.toSorted((a, b) => (a === b ? 0 : a === "prefix" ? -1 : 1)));
    expect(order[0]).toBe("prefix");
  });

  test("hits stand in Danish order, and are counted", async () => {
    const { items, count } = await searchOrganisations(ctx, { q: "hospital", limit: 1 });
    expect([items.length, count]).toEqual([1, 2]);
    expect(await namesOf("hospital")).toEqual(["Privathospitalet 100%", "Aarhus Universitetshospital"]);
  });

  test("an invalid cursor is rejected", async () => {
    await expect(searchOrganisations(ctx, { q: "apotek", after: "sludder" })).rejects.toMatchObject({
      code: "invalid",
    });
  });
});
