import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { closeDatabase, type Database, openDatabase } from "@sor/core";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabaseUrl } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aKey } from "../testing/a-key.ts";
import { eventually } from "../testing/a-receiver.ts";
import { startWatchedGateway, type WatchedGateway } from "../testing/gateway-process.ts";
import {
  bytesOf,
  factsOf,
  type Large,
  largeEdifact,
  largeFhir,
  largeVansEnvelope,
  lengthOf,
  megabyte,
} from "../testing/large-messages.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
const heldMax = 16 * megabyte;

let db: Database;
let folder: string;
let gateway: WatchedGateway;
let key: string;
let endpoint: http.Server;
type Arrival = { path: string; length: number; sha256: string; head: string };
/** What was sent to the webhooks, by interchange. */
const arrived = new Map<string, Arrival[]>();
/** The endpoints to which the messages of an interchange are split: one for each type, and one for rerouted messages. */
const endpoints = { main: "", other: "", aside: "" };

async function startEndpoint(): Promise<http.Server> {
  const server = http.createServer(async (request, response) => {
    const hash = createHash("sha256");
    let length = 0;
    let head = "";
    for await (const piece of request as AsyncIterable<Buffer>) {
      hash.update(piece);
      if (length === 0) head = piece.toString("latin1", 0, 200);
      length += piece.byteLength;
    }
    const id = String(request.headers["sor-interchange-id"]);
    const arrival = { path: request.url ?? "", length, sha256: hash.digest("hex"), head };
    arrived.set(id, [...(arrived.get(id) ?? []), arrival]);
    response.writeHead(200).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

beforeAll(async () => {
  const url = await testDatabaseUrl();
  db = openDatabase(url);
  folder = mkdtempSync(join(tmpdir(), "large-"));
  endpoint = await startEndpoint();
  const { supplierId } = await aVendor(db);
  await aLocation(db, { gln: sender, supplierId });
  await aLocation(db, { gln: receiver, supplierId });
  for (const name of ["main", "other", "aside"] as const) {
    const address = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/${name}`;
    const secret = `whsec_${randomBytes(24).toString("base64")}`;
    endpoints[name] = await anEndpoint(db, { supplierId, address, signingSecrets: [secret] });
  }
  await receives(db, receiver, endpoints.main, [
    ["DIS91", "D9134L"],
    ["FDIS91", "5.0"],
  ]);
  await receives(db, receiver, endpoints.other, [["DIS01", "D0134L"]]);
  ({ key } = await aKey(db, supplierId));
  gateway = await startWatchedGateway({
    DATABASE_URL: url,
    DATA_DIR: folder,
    WEBHOOK_PRIVATE_HOSTS: "127.0.0.1",
  });
  // Memory that a process needs once, for its first message of any size, is not a cost of a large one.
  for (const reference of ["A1", "A2", "A3"]) {
    const small = anInterchange({ sender, receiver, reference, messages: [{ reference }] });
    const taken = await post("/v1/interchanges", {
      head: small,
      piece: small,
      count: 0,
      tail: Buffer.alloc(0),
    });
    expect(taken.status).toBe(202);
    await arrival((JSON.parse(taken.body) as { id: string }).id, "/main");
  }
});
afterAll(async () => {
  await gateway?.end();
  endpoint?.closeAllConnections();
  endpoint?.close();
  if (db) await closeDatabase(db);
  rmSync(folder, { recursive: true });
});

type Answer = { status: number; body: string };

async function post(path: string, large: Large, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
  const isPacked = headers["content-encoding"] === "gzip";
  const request = http.request(`${gateway.address}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      ...(!isPacked && { "content-length": lengthOf(large) }),
      ...headers,
    },
  });
  const answered = once(request, "response") as Promise<[http.IncomingMessage]>;
  const source = Readable.from(bytesOf(large), { objectMode: false });
  const sent = isPacked ? pipeline(source, createGzip({ level: 1 }), request) : pipeline(source, request);
  const [response] = await answered;
  await sent;
  let body = "";
  for await (const piece of response) body += String(piece);
  return { status: response.statusCode ?? 0, body };
}

async function download(path: string): Promise<{ length: number; sha256: string }> {
  const response = await fetch(`${gateway.address}${path}`, { headers: { authorization: `Bearer ${key}` } });
  const hash = createHash("sha256");
  let length = 0;
  for await (const piece of response.body ?? []) {
    hash.update(piece);
    length += piece.byteLength;
  }
  return { length, sha256: hash.digest("hex") };
}

/** The answer to a small request that steers a message. */
async function steer(path: string, body: object): Promise<Record<string, string>> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify({ reason: "prøve", ...body }) };
  const response = await fetch(`${gateway.address}${path}`, request);
  const text = await response.text();
  expect(response.ok, text).toBe(true);
  return JSON.parse(text) as Record<string, string>;
}

const setMain = (state: "paused" | "active") =>
  db.$client.query("update endpoints set state = $2 where id = $1", [endpoints.main, state]);

/** What arrived at one webhook from an interchange; asserts that nothing else did. */
async function arrival(interchangeId: string, path: string): Promise<Arrival> {
  const found = () => (arrived.get(interchangeId) ?? []).filter((each) => each.path === path);
  await eventually(async () => found().length > 0, 240);
  expect(found()).toHaveLength(1);
  return found()[0] as Arrival;
}

/** Runs an action, and expects that the program never holds half of the file in memory, and leaves nothing behind. */
async function withinBounds(act: () => Promise<void>): Promise<void> {
  const held = await gateway.heldDuring(act);
  expect(held, `${Math.round(held / megabyte)} MB held`).toBeLessThan(heldMax);
  // No spool file is left.
  expect(readdirSync(join(folder, "spool"))).toEqual([]);
}

async function takeIn(large: Large, headers: http.OutgoingHttpHeaders = {}) {
  const { sha256, length } = factsOf(bytesOf(large));
  const digest = `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`;
  const sent = "content-encoding" in headers ? headers : { "content-digest": digest };
  const taken = await post("/v1/interchanges", large, sent);
  expect(taken.status, taken.body.slice(0, 500)).toBe(202);
  const interchange = JSON.parse(taken.body) as { id: string; messages: { id: string }[] };
  expect(interchange).toMatchObject({ sizeBytes: length, sha256 });
  return { id: interchange.id, messageIds: interchange.messages.map(({ id }) => id) };
}

const timeout = 600_000;

test.each([
  ["FHIR", largeFhir, {}],
  ["VANSEnvelope, packed", largeVansEnvelope, { "content-encoding": "gzip" }],
] as const)(
  "32 MB of %s are accepted, delivered and downloaded with less than half in memory",
  { timeout },
  async (_, make, headers) => {
    const large = make({ sender, receiver });
    let id = "";
    await setMain("paused");
    await withinBounds(async () => {
      id = (await takeIn(large, headers)).id;
    });
    await withinBounds(async () => {
      await setMain("active");
      expect(await arrival(id, "/main")).toMatchObject(factsOf(bytesOf(large)));
    });
    await withinBounds(async () => {
      expect(await download(`/v1/interchanges/${id}/payload`)).toEqual(factsOf(bytesOf(large)));
    });
  },
);

test("32 MB of EDIFACT are split among endpoints, rerouted and resent with less than half in memory", {
  timeout,
}, async () => {
  const [big, small] = [{ reference: "BIG" }, { reference: "SMALL" }];
  const elsewhere = { reference: "ELSEWHERE", type: "DIS01", version: "D0134L" };
  const of = (reference: string, ...messages: { reference: string }[]) => ({
    sender,
    receiver,
    reference,
    messages,
  });
  const large = largeEdifact(of("K1", big, small, elsewhere));
  await setMain("paused");
  // For the other forms, acceptance is the only check that reads them.
  await withinBounds(async () => {
    const checked = await post("/v1/interchanges/$validate", large);
    expect([checked.status, JSON.parse(checked.body).isAcceptable]).toEqual([200, true]);
  });
  const ofOne = (message: typeof small) => factsOf([anInterchange(of("K1", message))]);
  let taken = { id: "", messageIds: [] as string[] };
  await withinBounds(async () => {
    taken = await takeIn(large);
    expect(await arrival(taken.id, "/other")).toMatchObject(ofOne(elsewhere));
  });
  const { id, messageIds } = taken;
  const [bigId, smallId] = messageIds;
  await withinBounds(async () => {
    await steer(`/v1/messages/${smallId}/$reroute`, { endpointId: endpoints.aside });
    expect(await arrival(id, "/aside")).toMatchObject(ofOne(small));
  });
  await setMain("active");
  expect(await arrival(id, "/main")).toMatchObject(factsOf(bytesOf(largeEdifact(of("K1", big)))));
  // It arrives shortly before that is recorded.
  const state = "select 1 from messages where id = $1 and state = 'delivered'";
  await eventually(async () => (await db.$client.query(state, [bigId])).rowCount === 1, 60);
  await withinBounds(async () => {
    const copy = await steer(`/v1/messages/${bigId}/$resend`, {});
    const again = await arrival(copy.interchangeId ?? "", "/main");
    // All but UNB and UNZ is unchanged; the new UNB and UNZ are compared with the original's.
    const [, time = "", reference = ""] = /:14\+(\d{6}:\d{4})\+(\w{14})\+/.exec(again.head) ?? [];
    const renewed = largeEdifact(of(reference, big));
    const head = Buffer.from(renewed.head.toString("latin1").replace("260301:1201", time), "latin1");
    expect(reference).not.toBe("");
    expect(again).toMatchObject(factsOf(bytesOf({ ...renewed, head })));
  });
  expect(await download(`/v1/interchanges/${id}/payload`)).toEqual(factsOf(bytesOf(large)));
});
