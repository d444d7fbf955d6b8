import { once } from "node:events";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { listJournal } from "../journal/index.ts";
import { endpointHours, endpointQueues } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aCertificateAuthority,
  anEndpoint,
  aServerCertificate,
  aVendor,
  testDatabase,
} from "../testing/index.ts";
import {
  type EndpointAnswer,
  endpointHealth,
  endpointLoads,
  endpointTraffic,
  measureEndpoints,
  noteVerifications,
  recordProbe,
  takeChecks,
  testEndpoint,
} from "./index.ts";
import { endpointChecks, endpointProbes } from "./tables.ts";

const now = new Date("2026-03-01T10:20:00Z");
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const clock = { kind: "system", job: "probe" } as const;
let db: Database;
let owner: Extract<Actor, { kind: "key" }>;
let supplierId: string;
let webhook: string;
const address = "https://edi.example.dk/in";

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  await db.delete(endpointProbes);
  await db.delete(endpointChecks);
  await db.delete(endpointQueues);
  await db.update(endpoints).set({ state: "closed" });
  const vendor = await aVendor(db);
  supplierId = vendor.supplierId;
  owner = { ...vendor.key, scopes: ["endpoints:write"] };
  webhook = await anEndpoint(db, { supplierId, address });
});

const as = (actor: Actor, at = now) => createContext(db, actor, at);
const take = (at: Date) => takeChecks(as(clock, at), { limit: 10, leaseSeconds: 60, everySeconds: 900 });
const rowOf = async (id = webhook) => (await db.select().from(endpoints).where(eq(endpoints.id, id)))[0];

const certificate = (sha256: string, validTo = "2026-04-01T00:00:00.000Z") => ({
  subject: "CN=edi.example.dk",
  issuer: "CN=CA",
  sha256,
  validFrom: "2026-01-01T00:00:00.000Z",
  validTo,
});
function answer(isUp: boolean, sha256?: string): EndpointAnswer {
  const tls = { version: "TLSv1.3", cipher: "x", isTrusted: true, certificates: [certificate(sha256 ?? "")] };
  return {
    isUp,
    latencyMilliseconds: 12,
    detail: {
      method: "options",
      fault: isUp ? null : "timeout",
      address: "192.0.2.1",
      addresses: 1,
      milliseconds: { name: 1, connection: 1, handshake: 5, answer: 5 },
      tls: sha256 === undefined ? null : tls,
      status: isUp ? 204 : null,
      signature: null,
      excerpt: null,
    },
  };
}
const record = (at: Date, given: EndpointAnswer, more = {}) =>
  recordProbe(as(clock, at), { endpointId: webhook, address, origin: "clock", answer: given, ...more });

test("the first probe is at a random time within the first interval, and one process at a time leases it", async () => {
  expect(await take(now)).toEqual([]);
  const [turn] = await db.select().from(endpointChecks);
  expect(turn?.nextProbeAt.getTime()).toBeLessThanOrEqual(later(900).getTime());
  const [first, second] = await Promise.all([take(later(900)), take(later(900))]);
  expect([...first, ...second].map(({ endpointId, method }) => [endpointId, method])).toEqual([
    [webhook, "options"],
  ]);
  expect(await take(later(930))).toEqual([]);
  expect(await take(later(961))).toHaveLength(1);
  await record(later(962), answer(true), { nextProbeAt: later(1800) });
  expect(await take(later(1799))).toEqual([]);
  expect(await take(later(1800))).toHaveLength(1);
});

test.each([
  ["paused", { state: "paused" as const }],
  ["draining", { state: "paused" as const, drainingSince: now }],
  ["closed", { state: "closed" as const }],
  ["a mailbox", { transport: "mailbox" as const, address: null }],
  ["not to be asked", { probeWith: "nothing" as const }],
])("an endpoint that is %s has no scheduled probes", async (_, set) => {
  await take(now);
  await db.update(endpoints).set(set).where(eq(endpoints.id, webhook));
  expect(await take(later(901))).toEqual([]);
});

test("an endpoint whose pause has ended is probed", async () => {
  await db
    .update(endpoints)
    .set({ state: "paused", pausedUntil: later(10) })
    .where(eq(endpoints.id, webhook));
  await take(later(10));
  expect(await take(later(911))).toHaveLength(1);
});

test("results are kept, the newest two hundred of each endpoint, and measurements are not journalled", async () => {
  const before = (await listJournal(db, { limit: 1 }))[0]?.sequence;
  for (let probe = 0; probe < 205; probe += 1) await record(later(probe), answer(probe % 2 === 0));
  expect(await db.$count(endpointProbes)).toBe(200);
  const health = await endpointHealth(as(owner, later(300)), { id: webhook });
  expect(health.probes).toMatchObject({
    failuresInRow: 0,
    lastSuccessAt: later(204).toISOString(),
    lastFailureAt: later(203).toISOString(),
  });
  expect(health.probes.latest).toHaveLength(50);
  expect(health.probes.latest[0]).toMatchObject({ at: later(204).toISOString(), isUp: true });
  expect((await listJournal(db, { limit: 1 }))[0]?.sequence).toBe(before);
  await record(new Date(now.getTime() + 31 * 86_400_000), answer(true));
  expect(await db.$count(endpointProbes)).toBe(1);
});

test("a changed certificate is journalled once, and only that of the current address", async () => {
  await record(now, answer(true, "aa"));
  await record(later(1), answer(true, "aa"));
  await record(later(2), answer(true, "bb"), { address: "https://old.example.dk/in" });
  expect(await rowOf()).toMatchObject({
    certificateSha256: "aa",
    certificateExpiresAt: new Date("2026-04-01T00:00:00Z"),
  });
  const told = await listJournal(db, { limit: 5 });
  const own = told.filter((entry) => entry.subjectId === webhook);
  expect(own.map((entry) => [entry.subjectType, entry.actorKind])).toEqual([["endpoint", "system"]]);
  const { certificate: seen } = await endpointHealth(as(owner), { id: webhook });
  expect(seen).toEqual({ sha256: "aa", validTo: "2026-04-01T00:00:00.000Z", daysLeft: 30 });
  const figures = await measureEndpoints(as(clock));
  expect(figures.answering).toEqual({ up: 1, down: 0, unknown: 0 });
  expect(figures.certificateExpirySeconds).toBeCloseTo((Date.parse("2026-04-01") - now.getTime()) / 1000, 0);
});

test("lookups show the hour of the last success, delivery or probe, and none of a previous address", async () => {
  await record(now, answer(true));
  expect(await noteVerifications(as(clock))).toBe(1);
  expect((await rowOf())?.lastVerifiedAt).toEqual(new Date("2026-03-01T10:00:00Z"));
  await record(later(60), answer(true));
  expect(await noteVerifications(as(clock, later(60)))).toBe(0);
  await db.insert(endpointQueues).values({ endpointId: webhook, lastSuccessAt: later(3600) });
  expect(await noteVerifications(as(clock, later(3600)))).toBe(1);
  expect((await rowOf())?.lastVerifiedAt).toEqual(new Date("2026-03-01T11:00:00Z"));
  await db
    .update(endpoints)
    .set({ lastVerifiedAt: null, addressSince: later(3700) })
    .where(eq(endpoints.id, webhook));
  expect(await noteVerifications(as(clock, later(3800)))).toBe(0);
});

test("health counts the attempts of the last day and week, and shows the circuit breaker", async () => {
  const hoursAgo = (hours: number) => new Date(Date.parse("2026-03-01T10:00:00Z") - hours * 3_600_000);
  const counts = { delivered: 3, refused: 0, failed: 1 };
  await db.insert(endpointHours).values([
    { endpointId: webhook, hour: hoursAgo(0), ...counts },
    { endpointId: webhook, hour: hoursAgo(30), ...counts },
    { endpointId: webhook, hour: hoursAgo(24 * 8), ...counts },
  ]);
  const openUntil = later(30);
  await db
    .insert(endpointQueues)
    .values({ endpointId: webhook, failuresInRow: 5, firstFailureAt: now, openUntil });
  const health = await endpointHealth(as(owner), { id: webhook });
  expect(health.deliveries.day).toMatchObject({ attempts: 4, delivered: 3, successRate: 0.75 });
  expect(health.deliveries.week).toMatchObject({ attempts: 8 });
  expect(health.breaker).toMatchObject({ state: "open", failuresInRow: 5 });
  expect((await endpointHealth(as(owner, later(31)), { id: webhook })).breaker.state).toBe("probing");
  expect(health.queue).toEqual({ waiting: 0, held: 0, oldestAt: null, oldestSeconds: null });
  const hours = await endpointTraffic(as(owner), { supplierId });
  expect(hours).toHaveLength(24);
  expect(hours[0]).toEqual({ hour: hoursAgo(23), delivered: 0, refused: 0, failed: 0 });
  expect(hours[23]).toEqual({ hour: hoursAgo(0), ...counts });
  expect(await endpointTraffic(as(owner), { id: webhook })).toEqual(hours);
  const loads = await endpointLoads(as(owner), { supplierId });
  expect([...loads]).toEqual([[webhook, { waiting: 0, held: 0, oldestAt: null, attempts: 4, delivered: 3 }]]);
});

test("another supplier cannot see health or run tests", async () => {
  const other = (await aVendor(db)).key;
  await expect(endpointHealth(as(other), { id: webhook })).rejects.toMatchObject({ code: "not-allowed" });
  for (const read of [endpointTraffic, endpointLoads])
    await expect(read(as(other), { supplierId })).rejects.toMatchObject({ code: "not-allowed" });
  const testing = testEndpoint(as({ ...other, scopes: ["endpoints:write"] }), {
    id: webhook,
    method: "head",
    privateHosts: [],
    resolve: async () => Promise.reject(new Error("asked")),
  });
  await expect(testing).rejects.toMatchObject({ code: "not-allowed" });
});

test("a test posts a signed event, stores the result, and is rate limited over all processes", async () => {
  const authority = aCertificateAuthority();
  const { certificate: cert, key } = aServerCertificate(authority, "edi.example.dk", later(86_400 * 900));
  const ids: unknown[] = [];
  const server = https.createServer({ cert, key }, (request, response) => {
    ids.push(request.headers["webhook-id"], request.headers["webhook-signature"]);
    response.writeHead(204).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const sealed = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const secrets = [{ sealed, madeAt: null, endsAt: null }];
  const set = { address: `https://edi.example.dk:${port}/in`, secrets, state: "paused" as const };
  await db.update(endpoints).set(set).where(eq(endpoints.id, webhook));
  const how = {
    id: webhook,
    method: "test-event" as const,
    privateHosts: ["edi.example.dk"],
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    trusted: authority.certificate,
  };
  const [first, second] = await Promise.allSettled([
    testEndpoint(as(owner), how),
    testEndpoint(as(owner), how),
  ]);
  const found = [first, second].flatMap((each) => (each?.status === "fulfilled" ? [each.value] : []));
  expect(found).toMatchObject([{ isUp: true, detail: { signature: "accepted", status: 204 } }]);
  expect(ids).toEqual([expect.stringMatching(/^test_/), expect.stringMatching(/^v1,/)]);
  await expect(testEndpoint(as(owner, later(9)), how)).rejects.toMatchObject({
    code: "too-many",
    details: { retryAfterSeconds: 10 },
  });
  expect((await testEndpoint(as(owner, later(10)), { ...how, method: "handshake" })).isUp).toBe(true);
  expect((await rowOf())?.certificateSha256).toMatch(/^[0-9a-f]{64}$/);
  const { probes } = await endpointHealth(as(owner, later(11)), { id: webhook });
  expect(probes.latest.map(({ origin, detail }) => [origin, detail.method])).toEqual([
    ["test", "handshake"],
    ["test", "test-event"],
  ]);
  await new Promise((done) => server.close(done));
  await db.update(endpoints).set({ state: "closed" }).where(eq(endpoints.id, webhook));
  await expect(testEndpoint(as(owner, later(60)), how)).rejects.toMatchObject({ code: "gone" });
});

test("a mailbox is tested by writing and reading back, and nothing is left", async () => {
  const mailbox = await anEndpoint(db, { supplierId });
  const found = await testEndpoint(as(owner), { id: mailbox, method: "test-event", privateHosts: [] });
  expect(found).toMatchObject({ isUp: true, detail: { method: "mailbox", fault: null } });
  const { rows } = await db.execute("select 1 from payloads");
  expect(rows).toEqual([]);
});

test("webhooks are probed round-robin over suppliers, each within its share", async () => {
  for (let count = 0; count < 9; count += 1) await anEndpoint(db, { supplierId, address });
  const other = await aVendor(db);
  const endpoint = await anEndpoint(db, { supplierId: other.supplierId, address });
  await take(now);
  await db.update(endpointChecks).set({ nextProbeAt: now, leaseUntil: null });
  await db
    .update(endpointChecks)
    .set({ nextProbeAt: later(1) })
    .where(eq(endpointChecks.endpointId, endpoint));
  const places = { rule: { limit: 8, share: 0.5 }, held: new Map<string, number>() };
  const question = { limit: 8, places, leaseSeconds: 60, everySeconds: 900 };
  const taken = await takeChecks(as(clock, later(2)), question);
  const count = (of: string) => taken.filter((one) => one.supplierId === of).length;
  expect([count(supplierId), count(other.supplierId)]).toEqual([3, 1]);
});
