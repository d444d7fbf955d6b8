import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type Database, newId } from "../database/index.ts";
import { endpoints, locations, locationVersions, suppliers } from "../endpoints/tables.ts";
import { registrations } from "../message-types/tables.ts";
import {
  loadRoutingTable,
  type RouteOutcome,
  type RoutingTable,
  resolveRoute,
  toSeconds,
} from "../routing/index.ts";
import { newGln, testDatabase } from "../testing/index.ts";
import { loadReceivers } from "./load-receivers.ts";

const now = new Date("2026-03-01T10:00:00Z");
const moment = (day: number) => new Date(now.getTime() + day * 86_400_000);
const longAgo = moment(-1000);
const [supplierId, open, paused, resumed, closed] = Array.from({ length: 5 }, () => newId()) as [
  string,
  ...string[],
];
const endpointIds = [open, paused, resumed, closed] as string[];
let db: Database;

beforeAll(async () => {
  db = await testDatabase();
  await db.insert(suppliers).values({ id: supplierId, name: "Leverandør" });
  const of = (id: string | undefined, more: object) => ({
    id: id ?? "",
    supplierId,
    name: id ?? "",
    ...more,
  });
  await db.insert(endpoints).values([
    { ...of(open, {}), transport: "mailbox" },
    { ...of(paused, { state: "paused" }), transport: "mailbox" },
    { ...of(resumed, { state: "paused", pausedUntil: moment(-1) }), transport: "folder", address: "ind" },
    { ...of(closed, { state: "closed" }), transport: "mailbox" },
  ]);
});

const codes = ["DIS91", "dis91", "XDIS91", "ZZZ99", "zzz99", "urn:x"];
const versions = ["D9134L", "d9134l", "D9133L", "XD9134L", "5.0"];
const period = fc.constantFrom<[number, number | null]>(
  [-9, null],
  [-9, 9],
  [-9, -2],
  [2, null],
  [-9, 0],
  [0, 1],
);

const registration = fc.record({
  messageType: fc.constantFrom(...codes),
  version: fc.constantFrom(...versions),
  direction: fc.constantFrom("receive" as const, "receive" as const, "send" as const),
  endpoint: fc.nat({ max: endpointIds.length - 1 }),
  period,
});

/** Random location numbers, each with at most one period and some registrations. */
const register = fc.array(
  fc.record({
    isListed: fc.boolean(),
    version: fc.option(fc.record({ period, nonActive: fc.boolean() }), { freq: 8 }),
    registrations: fc.uniqueArray(registration, {
      maxLength: 6,
      selector: (row) => [row.messageType, row.version, row.direction].join(" ").toUpperCase(),
    }),
  }),
  { minLength: 1, maxLength: 12 },
);

type Rows = typeof register extends fc.Arbitrary<infer T> ? T : never;

const dayOf = (day: number) => moment(day).toISOString().slice(0, 10);

async function store(rows: Rows): Promise<string[]> {
  const glns = rows.map(() => newGln());
  const listed = glns.map((gln, i) => ({ gln, row: rows[i] })).filter(({ row }) => row?.isListed);
  for (const { gln, row } of listed) {
    await db.insert(locations).values({ gln });
    const known = { id: newId(), gln, supplierId, recordedAt: longAgo };
    if (row?.version) {
      const [from, to] = row.version.period;
      const validity = { validFrom: dayOf(from), validTo: to === null ? null : dayOf(to) };
      await db.insert(locationVersions).values({ ...known, ...validity, nonActive: row.version.nonActive });
    }
    for (const {
      endpoint,
      period: [from, to],
      ...type
    } of row?.registrations ?? []) {
      const validity = { validFrom: moment(from), validTo: to === null ? null : moment(to) };
      const more = { id: newId(), gln, format: "EDIFACT" as const, recordedAt: longAgo };
      const endpointId = endpointIds[endpoint] ?? null;
      await db.insert(registrations).values({ ...more, ...type, ...validity, endpointId });
    }
  }
  return glns;
}

/** MedCom's reason that stands for a lookup's. */
function medCom(outcome: RouteOutcome & { found: false }): string {
  if (outcome.reason === "gln-inactive") return "MID";
  if (outcome.reason === "not-yet-valid") return outcome.what === "gln" ? "LOK" : "VER";
  return outcome.reason.startsWith("gln-") ? "LOK" : "VER";
}

const at = toSeconds(now);
const questions = codes.flatMap((code) => versions.map((version) => ({ code, version })));

/** What acceptance has to answer, by the result of a lookup. */
function wanted(table: RoutingTable, outcome: RouteOutcome) {
  if (!outcome.found) return { found: false, reason: medCom(outcome) };
  const { id: endpointId, transport } = table.parties.endpoints[outcome.endpoint] ?? {};
  return { found: true, endpointId, transport, isPaused: outcome.pausedUntil !== false };
}

test("for any register, a lookup and the acceptance of a message give the same endpoint or the same refusal", async () => {
  const met = new Set<string>();
  const check = async (rows: Rows) => {
    const glns = [...(await store(rows)), newGln(), "5790000000001"];
    const { table } = await loadRoutingTable(db);
    const routeOf = await loadReceivers(db, glns, now);
    for (const gln of glns) {
      for (const { code, version } of questions) {
        const outcome = resolveRoute(table, { gln, messageType: code, version, at });
        met.add(outcome.found ? `paused: ${outcome.pausedUntil !== false}` : outcome.reason);
        const route = routeOf({ id: gln }, { code, version });
        expect(route, `${gln} ${code} ${version}`).toMatchObject(wanted(table, outcome));
      }
    }
  };
  await fc.assert(fc.asyncProperty(register, check), { numRuns: 25 });
  expect([...met].sort()).toEqual([
    "gln-closed",
    "gln-inactive",
    "gln-invalid",
    "gln-unknown",
    "not-yet-valid",
    "paused: false",
    "paused: true",
    "type-not-supported",
    "version-not-supported",
  ]);
});

const plain = {
  isListed: true,
  version: { period: [-9, null] as [number, null], nonActive: false },
  registrations: [
    {
      messageType: "DIS91",
      version: "D9134L",
      direction: "receive" as const,
      endpoint: 0,
      period: [-9, null] as [number, null],
    },
  ],
};

test("a message is not sent in a version that it does not state, and only to a location number", async () => {
  const [gln = ""] = await store([plain]);
  const routeOf = await loadReceivers(db, [gln], now);
  expect(routeOf({ id: gln }, { code: "DIS91" })).toEqual({ found: false, reason: "VER" });
  expect(routeOf({ id: gln, qualifier: "ZZ" }, { code: "DIS91", version: "D9134L" })).toMatchObject({
    reason: "MID",
  });
});

test("what was recorded after the upload began applies", async () => {
  const [gln = ""] = await store([{ ...plain, registrations: [] }]);
  const recordedAt = new Date(now.getTime() + 5000);
  await db.insert(registrations).values({
    ...{ id: newId(), gln, messageType: "DIS91", version: "D9134L", format: "EDIFACT" },
    ...{ endpointId: open, validFrom: recordedAt, recordedAt },
  });
  const routeOf = await loadReceivers(db, [gln], now);
  expect(routeOf({ id: gln }, { code: "DIS91", version: "D9134L" })).toMatchObject({ endpointId: open });
});
