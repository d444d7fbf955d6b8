import { noEnd } from "@sor/core/routing";
import { aRoutingTable, routingSamples } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { stillRouting, testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

const { now, open } = routingSamples;
/** Location numbers with a change in seven seconds. */
const [ending, starting, pausing] = ["5790000120406", "5790000120413", "5790000120420"];
const endpoints = {
  lasting: "0196f1f0-0000-7000-8000-0000000000a1",
  pausing: "0196f1f0-0000-7000-8000-0000000000a2",
};
const table = aRoutingTable();
planned(table);
const server = createGatewayServer(testDeps({ routing: stillRouting(table) }));
let origin: string;
beforeAll(async () => {
  origin = await listen(server, 0, "127.0.0.1");
});
afterAll(() => closeServer(server));

function planned(into: typeof table): void {
  const soon = now + 7;
  const pair = (code: string, version: string, more: object = {}) => ({
    ...{ code, version, format: "EDIFACT" as const, direction: "receive" as const },
    ...{ endpointId: endpoints.lasting, from: 0, to: noEnd, ...more },
  });
  const profile = {
    ...{ systemId: null, supplierId: null, netOperatorCode: null, regionCode: null, successorGln: null },
    ...{ nonActive: false, onlyInternal: false },
  };
  const open = { from: 0, to: noEnd, profile };
  const given = {
    supplierId: "sup",
    systemId: null,
    mimeTypes: [],
    transport: "mailbox" as const,
    address: null,
  };
  const facts = { ...given, name: "E", lastVerifiedAt: null, certificateSha256: null };
  into.parties.put({
    endpoints: [
      { ...facts, id: endpoints.lasting, state: "active", pausedUntil: null },
      { ...facts, id: endpoints.pausing, state: "paused", pausedUntil: soon },
    ],
  });
  for (const gln of [ending, starting, pausing]) into.setPeriods(gln, [open]);
  into.setPairs(ending, [pair("DIS91", "D9134L", { to: soon })]);
  into.setPairs(starting, [
    pair("DIS91", "D9133L"),
    pair("DIS91", "D9134L", { from: soon }),
    pair("REF01", "H0131R", { from: soon }),
  ]);
  into.setPairs(pausing, [pair("DIS91", "D9134L", { endpointId: endpoints.pausing })]);
}

const route = "private, max-age=60, stale-while-revalidate=300, stale-if-error=86400";
const until = (seconds: number) => `private, max-age=${seconds}, stale-while-revalidate=0, stale-if-error=0`;
test.each([
  ["a route that lasts", `/v1/routes/${open}/DIS91`, route],
  ["a route that ends", `/v1/routes/${ending}/DIS91`, until(7)],
  ["the same on the ordinary path", `/v1/routes/${ending}/DIS91?format=EDIFACT`, until(7)],
  ["a route at a requested moment", `/v1/routes/${ending}/DIS91?at=2027-01-15`, route],
  ["a route that a newer version replaces", `/v1/routes/${starting}/DIS91`, until(7)],
  ["a pause that ends", `/v1/routes/${pausing}/DIS91`, until(7)],
  ["a type that begins", `/v1/routes/${starting}/REF01`, "private, max-age=5"],
  ["a route with a sender that ends", `/v1/routes/${open}/DIS91?sender=${ending}`, until(7)],
  ["a location with a registration that ends", `/v1/routes/${ending}`, until(7)],
  ["its timeline", `/v1/routes/${ending}/DIS91/timeline`, until(7)],
  ["receivers, one of which ends", "/v1/message-types/DIS91/receivers", until(7)],
  [
    "ten minutes of a pause",
    `/v1/routes/${open}/REF01`,
    "private, max-age=60, stale-while-revalidate=300, stale-if-error=540",
  ],
])("%s does not outlive its next change", async (_name, path, expected) => {
  const answer = await askOver(origin, { path });
  expect([answer.headers["cache-control"], answer.status < 500]).toEqual([expected, true]);
});
