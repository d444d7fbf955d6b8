import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  change,
  closeDatabase,
  createContext,
  type Database,
  migrateDatabase,
  openDatabase,
} from "@sor/core";
import { startThrowawayPostgres } from "@sor/core/database";
import { aLocation, anEndpoint, aVendor, receives } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Readiness } from "./api/readiness.ts";
import { type GatewayProcess, startGateway } from "./testing/gateway-process.ts";

const gln = "5790000123117";
let postgres: Awaited<ReturnType<typeof startThrowawayPostgres>>;
let db: Database;
let endpointId: string;
let dataDir: string;
let gateway: GatewayProcess | undefined;
const env = () => ({ DATABASE_URL: postgres.url, DATA_DIR: dataDir, LOG_LEVEL: "debug" });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sor-gateway-"));
  postgres = await startThrowawayPostgres();
  await migrateDatabase(postgres.url);
  db = openDatabase(postgres.url, { onConnectionLost: () => {} });
  const { supplierId } = await aVendor(db);
  endpointId = await anEndpoint(db, { supplierId });
  await aLocation(db, { gln, supplierId });
  await receives(db, gln, endpointId, [["DIS91", "D9134L"]]);
}, 120_000);

afterAll(async () => {
  await gateway?.end("SIGKILL");
  await closeDatabase(db);
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function register(type: string, version: string): Promise<void> {
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
  const subject = { type: "location", id: gln } as const;
  await receives(db, gln, endpointId, [[type, version]]);
  await change(ctx, { action: "registration.edit", subject }, async () => ({
    result: undefined,
    entries: [{ subjectType: "location", subjectId: gln, glns: [gln] }],
  }));
}

const statusOf = async (path: string) => (await fetch(`${gateway?.address}${path}`)).status;

test("a change registered by one process is answered by another, ten times in a row", async () => {
  gateway = await startGateway(env());
  expect(await statusOf(`/v1/routes/${gln}/DIS91`)).toBe(200);
  for (let i = 0; i < 10; i += 1) {
    const path = `/v1/routes/${gln}/TST0${i}`;
    expect(await statusOf(path)).toBe(404);
    await register(`TST0${i}`, "T0101L");
    await expect.poll(() => statusOf(path), { interval: 5, timeout: 60_000 }).toBe(200);
  }
}, 120_000);

test("requests are logged by route pattern: no location number in any line", () => {
  const lines = gateway?.lines.filter((line) => line.includes('"request"')) ?? [];
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.some((line) => line.includes("/v1/routes/:gln/:messageType"))).toBe(true);
  expect(gateway?.lines.filter((line) => line.includes(gln))).toEqual([]);
});

test("when its database is killed the gateway keeps answering, and reports it", async () => {
  process.kill(postgres.pid, "SIGKILL");
  await postgres.ended;
  expect(await statusOf(`/v1/routes/${gln}/DIS91`)).toBe(200);
  await expect
    .poll(async () => (await fetch(`${gateway?.address}/readyz`)).text(), { timeout: 60_000 })
    .toBe("degraded\n");
  const verbose = await (await fetch(`${gateway?.address}/readyz?verbose`)).json();
  expect(verbose).toMatchObject({
    status: "degraded",
    store: { isConnected: false },
    snapshot: { source: "database", sequence: 10 },
  });
  expect(await statusOf("/readyz")).toBe(200);
  expect(await statusOf(`/v1/routes/${gln}/TST09`)).toBe(200);
  const keyed = await fetch(`${gateway?.address}/v1/routes/${gln}/DIS91`, {
    headers: { authorization: `Bearer sor_${"a".repeat(43)}` },
  });
  expect(keyed.status).toBe(200);
}, 120_000);

const figureOf = async (name: string) => {
  const text = await (await fetch(`${gateway?.address}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
};
const readiness = async (purpose: string) => {
  const answer = await fetch(`${gateway?.address}/readyz?verbose&purpose=${purpose}`);
  return { ...Readiness.parse(await answer.json()), status: answer.status };
};

test("it ends on SIGTERM, and starts again from its saved table, without a database", async () => {
  const before = (await readiness("lookups")).snapshot;
  expect(await gateway?.end()).toBe(0);
  gateway = await startGateway(env());
  expect(await statusOf(`/v1/routes/${gln}/TST09`)).toBe(200);
  expect(await statusOf(`/v1/routes/${gln}/TST10`)).toBe(404);
  const { status, snapshot } = await readiness("lookups");
  expect([status, snapshot.source, snapshot.sequence]).toEqual([200, "file", 10]);
  expect([snapshot.freshAt, snapshot.ageSeconds]).toEqual([before.freshAt, expect.any(Number)]);
  expect(await figureOf("soredi_route_snapshot_sequence")).toBe(10);
  expect(await figureOf("soredi_route_snapshot_age_seconds")).toBeGreaterThan(before.ageSeconds ?? 0);
  expect(await figureOf("soredi_register_sequence")).toBeNaN();
  for (const purpose of ["intake", "delivery"]) expect((await readiness(purpose)).status).toBe(503);
  expect(await gateway.end()).toBe(0);
  gateway = undefined;
}, 120_000);

test("a saved table that was not refreshed for a day is still used, but the node is not ready", async () => {
  await gateway?.end("SIGKILL");
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  const file = await open(join(dataDir, "routing-table.bin"), "r+");
  await file.write(yesterday.toISOString(), 8);
  await file.close();
  gateway = await startGateway(env());
  expect(await statusOf(`/v1/routes/${gln}/TST09`)).toBe(200);
  const { status, purposes, snapshot } = await readiness("lookups");
  expect([status, snapshot.freshAt]).toEqual([503, yesterday.toISOString()]);
  expect(purposes[0]).toEqual({
    ...{ purpose: "lookups", status: "not-ready" },
    reasons: ["table-old", "database"],
  });
  expect(await figureOf("soredi_route_snapshot_age_seconds")).toBeGreaterThan(86_400);
  expect(await gateway.end()).toBe(0);
  gateway = undefined;
}, 120_000);
