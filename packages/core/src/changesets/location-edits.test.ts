import { beforeAll, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import {
  createSupplier,
  createSystem,
  LocationFields,
  listLocationVersions,
  locationContent,
  locationStatus,
  NewLocation,
  SupplierFields,
  SystemFields,
} from "../endpoints/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { completeGln, Gln, makeSorId } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import { organisations, organisationVersions } from "../organisations/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { closeLocation, registerLocation, testDatabase, updateLocation } from "../testing/index.ts";

const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let root: Context;
let supplierId: string;
let systemId: string;
let serial = 0;
const aGln = () => Gln.parse(completeGln(`57900${String(++serial).padStart(7, "0")}`));
const fields = (extra: object = {}) => LocationFields.parse({ supplierId, systemId, ...extra });

beforeAll(async () => {
  db = await testDatabase();
  root = createContext(db, { kind: "system", job: "test" }, now);
  supplierId = (await createSupplier(root, SupplierFields.parse({ name: "Leverandør" }))).id;
  systemId = (await createSystem(root, SystemFields.parse({ supplierId, name: "Journal" }))).id;
});

async function anOpenLocation(validFrom = "2020-01-01"): Promise<Gln> {
  const gln = aGln();
  await registerLocation(root, { gln, validFrom, validTo: null, fields: fields() });
  return gln;
}

test("a location number with a wrong check digit, or too long, cannot be registered", () => {
  const input = (gln: string) => ({ gln, validFrom: "2026-01-01", fields: {} });
  expect(NewLocation.safeParse(input("5790000123456")).success).toBe(false);
  expect(NewLocation.safeParse(input("5790000121526x")).success).toBe(false);
  expect(NewLocation.safeParse(input(aGln())).success).toBe(true);
});

test("a registered number is never reused, not even after it is closed", async () => {
  const gln = await anOpenLocation();
  await closeLocation(root, { gln, validFrom: "2025-01-01", successorGln: null });
  const again = registerLocation(root, { gln, validFrom: "2026-01-01", validTo: null, fields: fields() });
  await expect(again).rejects.toMatchObject({ code: "conflict" });
});

test("a change from a day on keeps the content before that day, and earlier knowledge", async () => {
  const gln = await anOpenLocation();
  const line = await updateLocation(root, {
    gln,
    validFrom: "2026-06-01",
    validTo: null,
    fields: { nonActive: true },
  });
  expect(line.versions.map((v) => [v.validFrom, v.validTo, v.nonActive])).toEqual([
    ["2020-01-01", "2026-06-01", false],
    ["2026-06-01", null, true],
  ]);
  expect(locationStatus(line.versions, "2026-05-31")).toBe("active");
  expect(locationStatus(line.versions, "2026-06-01")).toBe("inactive");
  const rows = await db.select().from(locationVersions);
  const known = rows.filter((row) => row.gln === gln && row.supersededAt !== null);
  expect(known.map((row) => [row.validFrom, row.validTo, row.nonActive])).toEqual([
    ["2020-01-01", null, false],
  ]);
});

test("a change between two days is limited to them, and a change to the same content changes nothing", async () => {
  const gln = await anOpenLocation();
  const input = { gln, validFrom: "2026-06-01", validTo: "2026-07-01", fields: { onlyInternal: true } };
  const { versions } = await updateLocation(root, input);
  expect(versions.map((v) => v.onlyInternal)).toEqual([false, true, false]);
  const before = (await listJournal(db, { gln, limit: 100 })).length;
  const again = await updateLocation(root, input);
  expect(again.versions.map((v) => v.id)).toEqual(versions.map((v) => v.id));
  expect((await listJournal(db, { gln, limit: 100 })).length).toBe(before);
});

test("a field left out is unchanged, also where periods differ", async () => {
  const gln = await anOpenLocation();
  await updateLocation(root, { gln, validFrom: "2026-06-01", validTo: null, fields: { note: "senere" } });
  const { versions } = await updateLocation(root, {
    gln,
    validFrom: "2020-01-01",
    validTo: null,
    fields: { regionCode: "1083" },
  });
  expect(versions.map((v) => [v.note, v.regionCode])).toEqual([
    [null, "1083"],
    ["senere", "1083"],
  ]);
  expect(versions.map(locationContent).every((content) => content.systemId === systemId)).toBe(true);
});

test("a closed location number keeps its successor, and closing it twice changes nothing", async () => {
  const [gln, successorGln] = [await anOpenLocation(), await anOpenLocation()];
  const closing = { gln, validFrom: "2026-02-01", successorGln };
  const { versions, etag } = await closeLocation(root, closing);
  expect(versions).toMatchObject([{ validFrom: "2020-01-01", validTo: "2026-02-01", successorGln }]);
  expect(locationStatus(versions, "2026-01-31")).toBe("active");
  expect(locationStatus(versions, "2026-02-01")).toBe("closed");
  expect((await closeLocation(root, closing)).etag).toBe(etag);
  const early = closeLocation(root, { gln, validFrom: "2020-01-01", successorGln: null });
  await expect(early).rejects.toMatchObject({ code: "invalid" });
  const self = closeLocation(root, { gln, validFrom: "2026-02-01", successorGln: gln });
  await expect(self).rejects.toMatchObject({ code: "invalid" });
});

test.each([
  ["a validity that ends before it begins", { validFrom: "2026-01-02", validTo: "2026-01-01" }, "validTo"],
  ["a validity of no days", { validFrom: "2026-01-01", validTo: "2026-01-01" }, "validTo"],
])("%s is refused", async (_name, validity, field) => {
  const registering = registerLocation(root, { gln: aGln(), ...validity, fields: fields() });
  await expect(registering).rejects.toMatchObject({ code: "invalid", details: { field } });
});

test("a location number's system belongs to its supplier, after every change", async () => {
  const other = (await createSupplier(root, SupplierFields.parse({ name: `Anden ${serial}` }))).id;
  const gln = await anOpenLocation();
  const moving = updateLocation(root, {
    gln,
    validFrom: "2026-01-01",
    validTo: null,
    fields: { supplierId: other },
  });
  await expect(moving).rejects.toMatchObject({ code: "invalid", details: { field: "systemId" } });
});

test("of two changes based on the same state, one succeeds and the other gets a conflict", async () => {
  const gln = await anOpenLocation();
  const { etag } = await updateLocation(root, {
    gln,
    validFrom: "2026-01-01",
    validTo: null,
    fields: { note: "0" },
  });
  const write = (note: string) =>
    updateLocation(root, { gln, validFrom: "2026-01-01", validTo: null, fields: { note }, etag });
  const done = await Promise.allSettled([write("1"), write("2")]);
  const won = done.findIndex((each) => each.status === "fulfilled");
  const lost = done[1 - won];
  expect(lost).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
  expect((await listLocationVersions(db, gln)).at(-1)?.note).toBe(String(won + 1));
});

async function aUnit(gln: Gln | null, parentSorId: string | null): Promise<string> {
  const sorId = makeSorId(700_000 + ++serial);
  await db.insert(organisations).values({ sorId, level: "institution", firstFrom: "2000-01-01" });
  await db.insert(organisationVersions).values({
    id: newId(),
    sorId,
    validFrom: "2000-01-01",
    recordedAt: now,
    parentSorId,
    name: `Enhed ${serial}`,
    searchText: `enhed ${serial}`,
    gln,
  });
  return sorId;
}

test("a region changes location numbers below its own unit and registers new ones there, and nowhere else", async () => {
  const [inside, outside] = [await anOpenLocation(), await anOpenLocation()];
  const owner = await aUnit(null, null);
  const department = await aUnit(inside, await aUnit(null, owner));
  await aUnit(outside, null);
  const region: Actor = {
    kind: "user",
    id: "region-user",
    name: "Region",
    supplierId: null,
    grants: [
      { role: "region", scope: { kind: "subtree", sorId: owner }, validFrom: new Date(0), validTo: null },
    ],
  };
  const ctx = createContext(db, region, now);
  const edit = (gln: Gln) =>
    updateLocation(ctx, { gln, validFrom: "2026-01-01", validTo: null, fields: { note: "n" } });
  await expect(edit(inside)).resolves.toMatchObject({ gln: inside });
  await expect(edit(outside)).rejects.toMatchObject({ code: "not-allowed" });
  const fresh = aGln();
  const register = (unitSorId: string | undefined) =>
    registerLocation(ctx, {
      gln: fresh,
      validFrom: "2026-01-01",
      validTo: null,
      fields: fields(),
      ...(unitSorId && { unitSorId: unitSorId as never }),
    });
  await expect(register(undefined)).rejects.toMatchObject({ code: "not-allowed" });
  await expect(register(department)).resolves.toMatchObject({ gln: fresh });
  const refused = await listJournal(db, { outcome: "refused", actorId: "region-user", limit: 10 });
  expect(refused.map((entry) => entry.subjectId)).toEqual([fresh, outside]);
});
