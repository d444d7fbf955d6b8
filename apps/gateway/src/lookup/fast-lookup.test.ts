import { createServer } from "node:http";
import { aRoutingTable, routingSamples } from "@sor/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Deps } from "../app-env.ts";
import { createLimiter } from "../http/limits.ts";
import { closeServer, createGatewayServer, listen, ordinaryHandler } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

const { open, closed, future, inactive, internal, unknown } = routingSamples;
const deps: Deps = testDeps({ env: { RATE_LIMIT_PER_MINUTE: "500" } });
const server = createGatewayServer(deps);
/** The same gateway without its fast path. */
const chain = ordinaryHandler(deps, createLimiter(deps.config));
const ordinary = createServer({ keepAliveTimeout: 65_000 }, chain);
let address: string;
let ordinaryAddress: string;

beforeAll(async () => {
  address = await listen(server, 0, "127.0.0.1");
  ordinaryAddress = await listen(ordinary, 0, "127.0.0.1");
});
afterAll(async () => {
  await closeServer(server);
  await closeServer(ordinary);
});

/** Over a real socket, where the fast path answers. */
const ask = (path: string, method = "GET", headers: Record<string, string> = {}) =>
  askOver(address, { method, path, headers });

/** Every header as it was sent, but the time; HTTP gives their order no meaning. Of the quota, the window's seconds pass too. */
function lasting(raw: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]?.replace(/;t=\d+$/, "")}`);
  return lines.filter((line) => !line.startsWith("Date: ")).sort();
}

describe("the fast path gives the same answer, byte for byte, as the middleware chain", () => {
  const paths = [
    ...[open, closed, future, inactive, internal, unknown, "5790000120049"].map((gln) => `${gln}/DIS91`),
    ...["REF01", "DIS01", "REF10", "ZZZ99", "dis91", "XDIS91"].map((type) => `${open}/${type}`),
    `${open}/DIS91?version=D9133L`,
    `${open}/DIS91?version=D9199L`,
  ];
  const variants = [{}, { "accept-language": "en" }, { "if-none-match": "*" }, { "accept-encoding": "gzip" }];
  test.each(paths)("%s", async (path) => {
    for (const method of ["GET", "HEAD"]) {
      for (const more of variants) {
        const sent = { method, path: `/v1/routes/${path}`, headers: { "x-request-id": "same", ...more } };
        const [fast, chain] = [await askOver(address, sent), await askOver(ordinaryAddress, sent)];
        expect(fast.status).toBe(chain.status);
        expect(fast.body).toBe(chain.body);
        expect(lasting(fast.rawHeaders)).toEqual(lasting(chain.rawHeaders));
      }
    }
  });

  test("and it is the fast path that answered", async () => {
    const metrics = await deps.metrics.registry.metrics();
    expect(metrics).toMatch(/soredi_route_lookups_total\{result="found",cache="hit"\} [1-9]/);
    expect(metrics).toMatch(/soredi_route_lookups_total\{result="gln-closed",cache="miss"\} [1-9]/);
    const count = /soredi_route_lookup_duration_seconds_count (\d+)/.exec(metrics)?.[1];
    expect(Number(count)).toBeGreaterThanOrEqual(90);
    expect(metrics).not.toContain(open);
  });
});

test("requests it does not recognise take the ordinary path", async () => {
  for (const path of [
    `${open}/DIS91?at=2027-01-01`,
    `${open}/DIS%39%31`,
    `${open}/DIS91?version=`,
    `${open}/DIS91/`,
    `${open}`,
  ]) {
    const plain = await ask(`/v1/routes/${path}`);
    const chain = await askOver(ordinaryAddress, { path: `/v1/routes/${path}` });
    expect([path, plain.status]).toEqual([path, chain.status]);
  }
  const traced = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
  expect((await ask(`/v1/routes/${open}/DIS91`, "GET", traced)).headers.traceparent).toMatch(/^00-0af7/);
});

test.each([
  ["open", {}, 200],
  ["open", { authorization: "Bearer sor_x" }, 401],
  ["open", { "x-api-key": "sor_x" }, 401],
  ["open", { "X-API-KEY": "sor_x" }, 401],
  ["closed", {}, 401],
])("with %s lookups a plain one with %j is answered %i", async (lookups, headers, status) => {
  const own = createGatewayServer(testDeps({ env: { LOOKUPS: lookups } }));
  const at = await listen(own, 0, "127.0.0.1");
  for (const method of ["GET", "HEAD"]) {
    expect((await askOver(at, { method, path: `/v1/routes/${open}/DIS91`, headers })).status).toBe(status);
  }
  await closeServer(own);
});

test("both paths share a client's rate limit, and both enforce it", async () => {
  const own = createGatewayServer(
    testDeps({ routing: testDeps().routing, env: { RATE_LIMIT_PER_MINUTE: "3" } }),
  );
  const at = await listen(own, 0, "127.0.0.1");
  const statuses: number[] = [];
  for (const path of ["DIS91", "DIS91?at=2027-01-17", "DIS91", "DIS91", "DIS91?at=2027-01-17"]) {
    statuses.push((await fetch(`${at}/v1/routes/${open}/${path}`)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  await closeServer(own);
});

test("a change of the table is visible in the very next answer", async () => {
  const table = aRoutingTable();
  const { routing } = testDeps();
  const own = createGatewayServer(testDeps({ routing: { ...routing, table } }));
  const at = await listen(own, 0, "127.0.0.1");
  const first = await fetch(`${at}/v1/routes/${open}/DIS91`);
  table.apply({ sequence: 43, stamp: "next", locations: new Map([[open, { periods: [], pairs: [] }]]) });
  const etag = first.headers.get("etag") ?? "";
  expect((await fetch(`${at}/v1/routes/${open}/DIS91`, { headers: { "if-none-match": etag } })).status).toBe(
    404,
  );
  await closeServer(own);
});

test("10 MB of JSON are refused before they are read, on a real connection", async () => {
  const answer = await fetch(`${address}/v1/routes/$batch`, {
    method: "POST",
    body: Buffer.alloc(10_000_000, " "),
    headers: { "content-type": "application/json" },
  });
  expect(answer.status).toBe(413);
});
