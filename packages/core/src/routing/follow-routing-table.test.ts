import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { change, createContext } from "../context.ts";
import { closeDatabase, type Database, openDatabase } from "../database/index.ts";
import { makeSorId } from "../identifiers/index.ts";
import type { NewEntry } from "../journal/index.ts";
import {
  aLocation,
  anEndpoint,
  anOrganisation,
  aVendor,
  receives,
  testDatabaseUrl,
} from "../testing/index.ts";
import { type FollowRoutingTable, followRoutingTable, type RoutingFollower } from "./follow-routing-table.ts";
import { loadRoutingTable } from "./load-routing-table.ts";
import { toSeconds } from "./moments.ts";
import { resolveRoute } from "./resolve-route.ts";

const gln = "5790000123117";
const other = "5790000123223";
const nowhere = "postgres://nobody@127.0.0.1:1/none";
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function follow(options: FollowRoutingTable): Promise<RoutingFollower> {
  const follower = await followRoutingTable({ pollSeconds: 60, ...options });
  ends.push(() => follower.stop());
  return follower;
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sor-routing-"));
  ends.push(() => rm(folder, { recursive: true }));
  return folder;
}

async function aRegister(): Promise<{ url: string; db: Database; endpointId: string; supplierId: string }> {
  const url = await testDatabaseUrl();
  const db = openDatabase(url);
  ends.push(() => closeDatabase(db));
  const { supplierId } = await aVendor(db, "Leverandør");
  const endpointId = await anEndpoint(db, { supplierId });
  await aLocation(db, { gln, supplierId });
  await aLocation(db, { gln: other, supplierId, validTo: "2026-01-01" });
  await receives(db, gln, endpointId, [["DIS91", "D9134L"]]);
  return { url, db, endpointId, supplierId };
}

/** Writes something and journals it in the same transaction. */
async function journal(db: Database, entry: Omit<NewEntry, "action" | "outcome">): Promise<void> {
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
  await change(ctx, { action: "registration.edit", subject: { type: "register", id: "test" } }, async () => ({
    result: undefined,
    entries: [entry],
  }));
}

const ask = (follower: { table: RoutingFollower["table"] }, messageType: string, asked = gln) => {
  const outcome = resolveRoute(follower.table, { gln: asked, messageType, at: toSeconds(new Date()) });
  return outcome.found ? "found" : outcome.reason;
};

test("the table matches the register: routes, Danish days, parties and units", async () => {
  const { db } = await aRegister();
  await anOrganisation(db, { sorId: makeSorId(31), name: "Klinik", gln });
  const { table } = await loadRoutingTable(db);
  expect([table.pairCount, table.locationCount, table.units.size]).toEqual([1, 2, 1]);
  expect(ask({ table }, "DIS91")).toBe("found");
  const outcome = resolveRoute(table, { gln: other, messageType: "DIS91", at: toSeconds(new Date()) });
  expect(outcome).toMatchObject({ reason: "gln-closed", validTo: Date.UTC(2025, 11, 31, 23) / 1000 });
  expect(table.units.find("gln", gln, toSeconds(new Date()))).toMatchObject([{ unit: { name: "Klinik" } }]);
});

test("a change is followed to its own sequence; locations that no entry names are unchanged", async () => {
  const { url, db, endpointId } = await aRegister();
  const follower = await follow({ url, db });
  expect([ask(follower, "DIS01"), follower.table.sequence]).toEqual(["type-not-supported", 0]);
  await receives(db, gln, endpointId, [["DIS01", "D0134L"]]);
  await follower.look();
  expect(ask(follower, "DIS01")).toBe("type-not-supported");
  const { table } = follower;
  await journal(db, { subjectType: "location", subjectId: gln, glns: [gln] });
  await follower.look();
  expect([ask(follower, "DIS01"), follower.table.sequence]).toEqual(["found", 1]);
  expect(follower.table).toBe(table);
});

test("a new endpoint, a new location and a unit arrive with the change that names them", async () => {
  const { url, db, supplierId } = await aRegister();
  const follower = await follow({ url, db });
  const third = "5790000120017";
  await aLocation(db, { gln: third, supplierId });
  await receives(db, third, await anEndpoint(db, { supplierId }), [["DIS91", "D9134L"]]);
  const sorId = makeSorId(32);
  await anOrganisation(db, { sorId, name: "Ny klinik", gln: third });
  expect(ask(follower, "DIS91", third)).toBe("gln-unknown");
  await journal(db, { subjectType: "location", subjectId: third, glns: [third], sorIds: [sorId] });
  await follower.look();
  expect(ask(follower, "DIS91", third)).toBe("found");
  expect(follower.table.units.ownersOf(third)).toEqual([sorId]);
});

test("an import replaces the whole table, as of the import", async () => {
  const { url, db, endpointId } = await aRegister();
  const follower = await follow({ url, db });
  const before = follower.table;
  await receives(db, gln, endpointId, [["DIS02", "D0234L"]]);
  await journal(db, { subjectType: "register", subjectId: "import" });
  await follower.look();
  expect([ask(follower, "DIS02"), follower.table.sequence, follower.table === before]).toEqual([
    "found",
    1,
    false,
  ]);
});

test("it starts from the saved copy without a database, reports it, and continues when the database is back", async () => {
  const { url, db, endpointId } = await aRegister();
  const dataDir = await aFolder();
  const verifiedAt = new Date("2026-03-01T10:00:00Z");
  const first = await followRoutingTable({ url, db, dataDir, clock: () => verifiedAt });
  await first.stop();

  const problems: unknown[] = [];
  const away = openDatabase(nowhere);
  const alone = await follow({
    url: nowhere,
    db: away,
    dataDir,
    onProblem: (_, error) => problems.push(error),
  });
  await alone.look();
  expect(ask(alone, "DIS91")).toBe("found");
  expect(alone.state()).toMatchObject({ source: "file", isConnected: false, freshAt: verifiedAt });
  expect(alone.state().problem).toMatch(/could not be read/);
  expect(problems).not.toEqual([]);

  await receives(db, gln, endpointId, [["DIS03", "D0334L"]]);
  await journal(db, { subjectType: "location", subjectId: gln, glns: [gln] });
  const again = await follow({ url, db, dataDir });
  await again.look();
  expect(ask(again, "DIS03")).toBe("found");
  expect(again.state()).toMatchObject({ source: "database", isConnected: true, sequence: 1 });
});

test("a copy whose table does not change still records until when it was current", async () => {
  const { url, db } = await aRegister();
  const dataDir = await aFolder();
  let now = new Date("2026-03-01T10:00:00Z");
  const follower = await follow({ url, db, dataDir, clock: () => now, saveEverySeconds: 0.05 });
  const saved = async () => (await readFile(join(dataDir, "routing-table.bin"))).subarray(8, 32).toString();
  expect(await saved()).toBe(now.toISOString());
  now = new Date("2026-03-02T10:00:00Z");
  await follower.look();
  await expect.poll(saved).toBe(now.toISOString());
  const again = await follow({ url: nowhere, db: openDatabase(nowhere), dataDir });
  expect(again.state()).toMatchObject({ source: "file", freshAt: now });
});

test("a damaged copy is ignored and replaced", async () => {
  const { url, db } = await aRegister();
  const dataDir = await aFolder();
  await (await followRoutingTable({ url, db, dataDir })).stop();
  const path = join(dataDir, "routing-table.bin");
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const told: string[] = [];
  const follower = await follow({ url, db, dataDir, onProblem: (what) => told.push(what) });
  expect(told).toEqual(["saved copy"]);
  expect(follower.state().source).toBe("database");
  expect((await readFile(path)).equals(bytes)).toBe(false);
});

test("a copy of another register is discarded, even if its journal has the same length", async () => {
  const [one, two] = [await aRegister(), await aRegister()];
  const dataDir = await aFolder();
  await journal(one.db, { subjectType: "location", subjectId: gln, glns: [gln] });
  await (await followRoutingTable({ url: one.url, db: one.db, dataDir })).stop();
  await receives(two.db, gln, two.endpointId, [["DIS05", "D0533L"]]);
  await journal(two.db, { subjectType: "location", subjectId: other, glns: [other] });
  const follower = await follow({ url: two.url, db: two.db, dataDir });
  await follower.look();
  expect(ask(follower, "DIS05")).toBe("found");
});
