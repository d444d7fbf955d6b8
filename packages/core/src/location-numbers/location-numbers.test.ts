import { beforeEach, expect, test } from "vitest";

import { type Context, createContext } from "../context.ts";
import { closeDatabase, type Database, openDatabase } from "../database/index.ts";
import { LocationFields } from "../endpoints/schemas.ts";
import { locations } from "../endpoints/tables.ts";
import { Gln, makeSorId, type SorId } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import {
  anOrganisation,
  aUser,
  closeLocation,
  registerLocation,
  testDatabaseUrl,
  untilLockWaits,
} from "../testing/index.ts";
import {
  allocateNumber,
  createRange,
  getNumber,
  listNumbers,
  listRanges,
  NumberAllocation,
  NumberRange,
  NumberReservation,
  releaseNumber,
  reserveNumber,
  retireNumber,
  updateRange,
} from "./index.ts";
import { glnAt } from "./ranges.ts";

const now = new Date("2026-10-01T10:00:00Z");
const later = new Date("2026-12-01T10:00:00Z");
const system = { kind: "system", job: "test" } as const;
const [owner, hospital, stranger] = [1, 2, 3].map((n) => makeSorId(n) as SorId) as [SorId, SorId, SorId];
let url: string;
let db: Database;
let root: Context;

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  root = createContext(db, system, now);
  await anOrganisation(db, { sorId: owner });
  await anOrganisation(db, { sorId: hospital, level: "institution", parentSorId: owner });
  await anOrganisation(db, { sorId: stranger });
  return () => closeDatabase(db);
});

const range = (from: number, to: number, prefix = "5790009") =>
  createRange(root, NumberRange.parse({ prefix, from, to }));
const allocate = (ctx: Context, given: object = {}) =>
  allocateNumber(ctx, NumberAllocation.parse({ holder: "Afsnit 1", ...given }));
const reserve = (ctx: Context, given: object = {}) =>
  reserveNumber(ctx, NumberReservation.parse({ holder: "Nyt hus", reservedUntil: "2026-11-01", ...given }));
const register = (gln: string) =>
  registerLocation(root, {
    gln: Gln.parse(gln),
    validFrom: "2026-10-01",
    validTo: null,
    fields: LocationFields.parse({ supplierId: null, systemId: null }),
  });
const inRange = (item: number) => glnAt({ prefix: "5790009" }, item);

test("numbers come from the ranges in turn, with their check digit, and past those that are registered already", async () => {
  await range(0, 2);
  await range(5000, 5000);
  await db.insert(locations).values([{ gln: inRange(0) }, { gln: inRange(2) }]);
  expect((await allocate(root)).gln).toBe(inRange(1));
  expect((await allocate(root)).gln).toBe(inRange(5000));
  for (const gln of [inRange(1), inRange(5000)]) expect(Gln.parse(gln)).toBe(gln);
  await expect(allocate(root)).rejects.toMatchObject({ code: "conflict", details: { fault: "used-up" } });
});

test("two connections at once never get the same number, and the second waits for the first", async () => {
  await range(0, 99);
  const second = openDatabase(url);
  let done = () => {};
  const held = new Promise<void>((resolve) => {
    done = resolve;
  });
  const taken = db.transaction(async (tx) => {
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('sor location-numbers ', 7366))");
    await held;
  });
  const asked = [root, createContext(second, system, now)].flatMap((ctx) =>
    Array.from({ length: 2 }, (_, n) => (n % 2 === 0 ? allocate(ctx) : reserve(ctx))),
  );
  await untilLockWaits(db, asked.length);
  done();
  await taken;
  const glns = (await Promise.all(asked)).map(({ gln }) => gln);
  await closeDatabase(second);
  expect(glns.toSorted()).toEqual([0, 1, 2, 3].map(inRange).toSorted());
});

test("a released number and one whose reservation has run out are given again only when the ranges are used up", async () => {
  await range(0, 2);
  const [lapsing, released] = [await reserve(root), await reserve(root)];
  await releaseNumber(root, released);
  const after = createContext(db, system, later);
  expect((await getNumber(after, lapsing)).state).toBe("released");
  expect((await allocate(after)).gln).toBe(inRange(2));
  expect((await allocate(after)).gln).toBe(lapsing.gln);
  expect((await allocate(after)).gln).toBe(released.gln);
  await expect(allocate(after)).rejects.toMatchObject({ details: { fault: "used-up" } });
});

test("a number that was allocated or retired is never given out again", async () => {
  await range(0, 0);
  const { gln } = await allocate(root);
  const states = { code: "conflict", details: { fault: "number-state", gln, state: "allocated" } };
  await expect(releaseNumber(root, { gln })).rejects.toMatchObject(states);
  await expect(allocate(root, { gln })).rejects.toMatchObject(states);
  await retireNumber(root, { gln });
  await expect(allocate(root, { gln })).rejects.toMatchObject({ details: { state: "retired" } });
  await expect(releaseNumber(root, { gln })).rejects.toMatchObject({ details: { state: "retired" } });
  await expect(allocate(root)).rejects.toMatchObject({ details: { fault: "used-up" } });
  await expect(register(gln)).rejects.toMatchObject({
    details: { fault: "location-not-allocated", state: "retired" },
  });
});

test("a number of a range is registered only once it is allocated; a foreign one needs nothing", async () => {
  await range(0, 9);
  const reserved = await reserve(root);
  await expect(register(reserved.gln)).rejects.toMatchObject({ details: { state: "reserved" } });
  await expect(register(inRange(5))).rejects.toMatchObject({ details: { state: "free", field: "gln" } });
  await register((await allocate(root, { gln: reserved.gln })).gln);
  await register(inRange(10));
});

test("a number in use is retired only when it is closed, also one of no range", async () => {
  const gln = inRange(77);
  await register(gln);
  await expect(retireNumber(root, { gln })).rejects.toMatchObject({ details: { fault: "number-state" } });
  await closeLocation(root, { gln: Gln.parse(gln), validFrom: "2026-11-01", successorGln: null });
  await expect(retireNumber(root, { gln })).rejects.toMatchObject({ details: { fault: "number-state" } });
  const retired = await retireNumber(createContext(db, system, later), { gln });
  expect(retired.state).toBe("retired");
  const unknown = retireNumber(root, { gln: inRange(78) });
  await expect(unknown).rejects.toMatchObject({ code: "not-found" });
});

test("what is being registered cannot be retired meanwhile", async () => {
  await range(0, 0);
  const { gln } = await allocate(root);
  let done = () => {};
  const held = new Promise<void>((resolve) => {
    done = resolve;
  });
  // Holds up the registration after it has looked at the number, where it locks the row of the location number.
  const holding = db.transaction(async (tx) => {
    await tx.execute(`insert into locations (gln) values ('${gln}')`);
    await held;
    tx.rollback();
  });
  const registering = register(gln);
  await untilLockWaits(db, 1);
  const retiring = retireNumber(root, { gln });
  const outcome = expect(retiring).rejects.toMatchObject({ details: { fault: "number-state" } });
  await untilLockWaits(db, 2);
  done();
  await expect(holding).rejects.toThrow();
  await registering;
  await outcome;
});

test("a region gets numbers for its own units and touches only those", async () => {
  await range(0, 99);
  const scope = { kind: "subtree", sorId: owner } as const;
  const { ctx } = await aUser(db, "region", { role: "region", scope }, now);
  const own = await allocate(ctx, { unitSorId: hospital });
  const kept = await reserve(ctx, { unitSorId: hospital });
  await releaseNumber(ctx, kept);
  await retireNumber(ctx, own);
  const theirs = await reserve(root, { unitSorId: stranger });
  const authoritys = await reserve(root);
  const refused = { code: "not-allowed" };
  await expect(allocate(ctx)).rejects.toMatchObject(refused);
  await expect(reserve(ctx, { unitSorId: stranger })).rejects.toMatchObject(refused);
  for (const { gln } of [theirs, authoritys]) {
    await expect(allocate(ctx, { gln, unitSorId: hospital })).rejects.toMatchObject(refused);
    await expect(releaseNumber(ctx, { gln })).rejects.toMatchObject(refused);
    await expect(retireNumber(ctx, { gln })).rejects.toMatchObject(refused);
    expect((await getNumber(root, { gln })).state).toBe("reserved");
  }
  await expect(
    range(200, 201).then(({ id }) => updateRange(ctx, { id, fields: { isOpen: false, note: null } })),
  ).rejects.toMatchObject(refused);
  const unknown = allocate(root, { unitSorId: makeSorId(99) });
  await expect(unknown).rejects.toMatchObject({ details: { field: "unitSorId", fault: "unknown" } });
});

test("every step is journalled with its number, before and after", async () => {
  await range(0, 9);
  const { gln } = await reserve(root, { unitSorId: hospital });
  await allocate(root, { gln, unitSorId: hospital });
  await retireNumber(root, { gln });
  const entries = await listJournal(db, { limit: 10, gln });
  expect(entries.map(({ subjectType, action }) => `${subjectType} ${action}`)).toEqual(
    Array(3).fill("location-number location.edit"),
  );
  const states = entries.map(({ before, after }) =>
    [before, after].map((each) => (each as { state?: string } | null)?.state),
  );
  expect(states).toEqual([
    ["allocated", "retired"],
    ["reserved", "allocated"],
    [undefined, "reserved"],
  ]);
});

test("ranges do not overlap, whatever their prefixes, and a closed one gives nothing", async () => {
  const made = await range(100, 199);
  for (const [from, to, prefix] of [
    [150, 160, "5790009"],
    [0, 500, "5790009"],
    [199, 300, "5790009"],
    [0, 9, "57900090015"],
  ] as const) {
    await expect(range(from, to, prefix)).rejects.toMatchObject({ details: { fault: "overlap" } });
  }
  await range(200, 299);
  const closed = await updateRange(root, {
    id: made.id,
    fields: { isOpen: false, note: "brugt" },
    etag: made.etag,
  });
  expect((await allocate(root)).gln).toBe(inRange(200));
  const late = updateRange(root, { id: made.id, fields: { isOpen: true, note: null }, etag: made.etag });
  await expect(late).rejects.toMatchObject({ details: { fault: "etag" } });
  expect(await listRanges(root)).toMatchObject([
    { isOpen: false, etag: closed.etag, next: 100 },
    { next: 201 },
  ]);
});

test("a reservation ends after today and within a year", async () => {
  await range(0, 9);
  for (const reservedUntil of ["2026-10-01", "2027-10-03"]) {
    await expect(reserve(root, { reservedUntil })).rejects.toMatchObject({
      details: { field: "reservedUntil" },
    });
  }
  expect((await reserve(root, { reservedUntil: "2027-10-02" })).reservedUntil).toBe("2027-10-02");
});

test("numbers are listed in pages, by state and first digits", async () => {
  await range(0, 9);
  await reserve(root);
  for (let n = 0; n < 3; n += 1) await allocate(root);
  const first = await listNumbers(root, { state: "allocated", prefix: "5790009", limit: 2 });
  expect(first.items.map(({ gln }) => gln)).toEqual([inRange(1), inRange(2)]);
  const second = await listNumbers(root, { state: "allocated", limit: 2, after: first.next ?? "" });
  expect([second.items.map(({ gln }) => gln), second.next]).toEqual([[inRange(3)], null]);
  expect((await listNumbers(root, { prefix: "579001" })).items).toEqual([]);
});
