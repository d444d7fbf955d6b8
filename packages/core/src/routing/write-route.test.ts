import { expect, test } from "vitest";
import { closeDatabase, openDatabase } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { anEndpoint, aRoutingTable, aVendor, routingSamples, testDatabaseUrl } from "../testing/index.ts";
import { followRoutingTable } from "./follow-routing-table.ts";
import type { RouteHit } from "./outcome.ts";
import { resolveRoute } from "./resolve-route.ts";
import { RouteAnswer } from "./schemas.ts";
import { routeAnswer, routeBytes, routeTag } from "./write-route.ts";

const { open, now, internal } = routingSamples;
const endpointId = "0196f1f0-0000-7000-8000-000000000001";

function hitOf(table = aRoutingTable(), gln: string = open): RouteHit {
  const found = resolveRoute(table, { gln, messageType: "DIS91", at: now });
  if (!found.found) throw new Error("no route");
  return found;
}

test("a route includes the certificates when it includes the address, and the retry settings", () => {
  const table = aRoutingTable();
  const answer = RouteAnswer.parse(routeAnswer(table, hitOf(table)));
  expect(answer.endpoint.address).toBe("https://edi.example.dk/in");
  expect(answer.endpoint.certificates).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(answer.retry).toEqual({ firstSeconds: 30, factor: 2, longestSeconds: 3600, giveUpSeconds: 432_000 });
  table.parties.put({
    endpoints: table.parties.endpoints.map((each) => ({ ...each, address: "https://10.0.0.1/in" })),
  });
  expect(routeAnswer(table, hitOf(table)).endpoint).toMatchObject({ address: null, certificates: [] });
});

test("a route includes the endpoint's own retry settings, or the gateway's", () => {
  const table = aRoutingTable();
  const standard = routeTag(table, hitOf(table));
  const set = { firstSeconds: 1, factor: 2, longestSeconds: 5, giveUpSeconds: 432_000 };
  table.parties.retry = set;
  expect(routeAnswer(table, hitOf(table)).retry).toEqual(set);
  expect(routeTag(table, hitOf(table))).not.toBe(standard);
  const own = { firstSeconds: 5, factor: 3, longestSeconds: 600, giveUpSeconds: 7200 };
  table.parties.put({ endpoints: table.parties.endpoints.map((each) => ({ ...each, retry: own })) });
  expect(routeAnswer(table, hitOf(table)).retry).toEqual(own);
  expect(JSON.parse(routeBytes(table, hitOf(table))).retry).toEqual(own);
});

test("a follower answers with the endpoint's own retry settings from the register", async () => {
  const url = await testDatabaseUrl();
  const db = openDatabase(url);
  const { supplierId } = await aVendor(db);
  const own = { firstSeconds: 5, factor: 3, longestSeconds: 600, giveUpSeconds: 7200 };
  const set = { ...own, firstSeconds: 1 };
  const id = await anEndpoint(db, { supplierId });
  await db.update(endpoints).set({ retry: own });
  const other = await anEndpoint(db, { supplierId });
  const follower = await followRoutingTable({ url, db, retry: set });
  const found = new Map(follower.table.parties.endpoints.map((each) => [each.id, each.retry]));
  expect([found.get(id), found.get(other)]).toEqual([own, null]);
  expect(follower.table.parties.retry).toEqual(set);
  await follower.stop();
  await closeDatabase(db);
});

test("equal ETags mean equal answers, also when measurements change between two register changes", () => {
  const seen = new Map<string, string>();
  const table = aRoutingTable();
  for (const at of [now - 60, now, now + 3600, now - 60]) {
    table.parties.verify(new Map([[endpointId, at]]));
    for (const gln of [open, internal]) {
      const hit = hitOf(table, gln);
      const key = `${gln} ${routeTag(table, hit)}`;
      const answer = routeBytes(table, hit);
      expect(seen.get(key) ?? answer).toBe(answer);
      seen.set(key, answer);
      expect(JSON.parse(answer).lastVerified).toBe(`${new Date(at * 1000).toISOString().slice(0, 19)}Z`);
      expect(JSON.parse(answer).sequence).toBe(42);
    }
  }
  expect(seen.size).toBe(6);
  expect(new Set(seen.values()).size).toBe(6);
});

test("JSON built from the parties stays cached when a measurement changes", () => {
  const table = aRoutingTable();
  const { version } = table.parties;
  table.parties.verify(
    new Map([
      [endpointId, now + 3600],
      ["0196f1f0-0000-7000-8000-00000000ffff", now],
    ]),
  );
  expect(table.parties.version).toBe(version);
});

test("a follower reads when endpoints were verified, without a new sequence", async () => {
  const url = await testDatabaseUrl();
  const db = openDatabase(url);
  const { supplierId } = await aVendor(db);
  const id = await anEndpoint(db, { supplierId, address: "https://edi.example.dk/in" });
  const follower = await followRoutingTable({ url, db });
  const { sequence } = follower.table;
  await db.update(endpoints).set({ lastVerifiedAt: new Date("2026-03-01T10:00:00Z") });
  await follower.verify();
  const number = follower.table.parties.endpointNumber(id);
  expect(follower.table.parties.endpoints[number]?.lastVerifiedAt).toBe(
    Date.parse("2026-03-01T10:00:00Z") / 1000,
  );
  expect(follower.table.sequence).toBe(sequence);
  await follower.stop();
  await db.$client.end();
});
