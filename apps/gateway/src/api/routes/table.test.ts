import type http from "node:http";
import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { recordRebase } from "@sor/core/changes";
import { followRoutingTable, type RoutingFollower } from "@sor/core/routing";
import {
  aLocation,
  anEndpoint,
  applySet,
  aVendor,
  receives,
  setApprovalRules,
  testDatabaseUrl,
} from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../../server.ts";
import { testDeps } from "../../testing/index.ts";

const gln = "5790000123117";
const other = "5790000123223";
let db: Database;
let routing: RoutingFollower;
let server: http.Server;
let origin: string;
let endpointId: string;

beforeAll(async () => {
  const url = await testDatabaseUrl();
  db = openDatabase(url);
  await setApprovalRules(db, []);
  const { supplierId } = await aVendor(db, "Leverandør");
  endpointId = await anEndpoint(db, { supplierId });
  for (const number of [gln, other]) await aLocation(db, { gln: number, supplierId });
  await receives(db, gln, endpointId, [["DIS91", "D9134L"]]);
  routing = await followRoutingTable({ url, db, pollSeconds: 60 });
  server = createGatewayServer(testDeps({ db, routing, clock: () => new Date() }));
  origin = await listen(server, 0, "127.0.0.1");
});
afterAll(async () => {
  server.closeAllConnections();
  await closeServer(server);
  await routing.stop();
  await closeDatabase(db);
});

type Line = [string, ...unknown[]];
const ask = (since?: string) =>
  fetch(`${origin}/v1/routes/table${since === undefined ? "" : `?since=${since}`}`);

/** An answer's first line, the others without the last, and what the last says. */
async function read(since?: string) {
  const answer = await ask(since);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
  const [head, ...lines] = (await answer.text())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const end = lines.pop();
  expect(end).toEqual(["end", lines.length + 1]);
  const { kind, position } = head as { kind: string; position: string };
  const numbers = (lines as Line[]).filter(([what]) => what === "gln");
  return { kind, position, lines: lines as Line[], numbers };
}

const registers = async (messageType: string, version: string, validFrom: string) => {
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
  const of = { gln, messageType, version, endpointId, validFrom };
  await applySet(ctx, [{ kind: "registrations.add", ...of }]);
  await routing.look();
};

test("the whole table has every location number; then only what changed is told, with the day on which it begins", async () => {
  const whole = await read();
  expect([whole.kind, whole.numbers.map(([, number]) => number).toSorted()]).toEqual(["full", [gln, other]]);
  expect(await read(whole.position)).toMatchObject({ kind: "delta", position: whole.position, lines: [] });
  const begins = "2031-01-01T00:00:00+01:00";
  await registers("DIS01", "D0134L", begins);
  const delta = await read(whole.position);
  expect(delta.numbers).toHaveLength(1);
  const type = delta.lines.find(
    ([what, , of]) => what === "type" && (of as { code: string }).code === "DIS01",
  );
  const [, , , pairs] = delta.numbers[0] as unknown as [
    string,
    string,
    unknown[],
    [number, number, number][],
  ];
  const coming = pairs.find(([number]) => number === type?.[1]);
  expect(coming?.[2]).toBe(Date.parse(begins) / 1000);
  expect(
    delta.lines.find(([what, number]) => what === "endpoint" && number === coming?.[1])?.[2],
  ).toMatchObject({
    id: endpointId,
    state: "active",
  });
  expect(await read(delta.position)).toMatchObject({ lines: [] });
});

test("a place of another history, and a rebase, need the whole table, which is then of after it", async () => {
  const { position } = await read();
  const forked = position.replace(/[.].*/, ".0123456789abcdef");
  expect((await read(forked)).kind).toBe("full");
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
  const sequence = await recordRebase(ctx, { reason: "repair" });
  await routing.look();
  const whole = await read(position);
  expect([whole.kind, Number.parseInt(whole.position, 10) >= sequence]).toEqual(["full", true]);
  expect((await read(whole.position)).kind).toBe("delta");
  expect((await ask("x")).status).toBe(400);
});

/** The answer to a client that names the codings it takes. */
async function rawAnswer(accepted: string): Promise<{ head: string; body: Buffer }> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  const accept = accepted === "" ? "" : `Accept-Encoding: ${accepted}\r\n`;
  socket.write(`GET /v1/routes/table HTTP/1.0\r\nHost: x\r\n${accept}Connection: close\r\n\r\n`);
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  const all = Buffer.concat(pieces);
  const at = all.indexOf("\r\n\r\n");
  return { head: all.subarray(0, at).toString().toLowerCase(), body: all.subarray(at + 4) };
}

test("the whole table is sent compressed where the client takes it, and the same plain", async () => {
  const packed = await rawAnswer("gzip");
  expect(packed.head).toContain("content-encoding: gzip");
  const plain = await rawAnswer("");
  expect(plain.head).not.toContain("content-encoding");
  expect(plain.body.toString()).toBe(gunzipSync(packed.body).toString());
});
