import { createHash, type Hash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { closeDatabase, type Database, openDatabase } from "@sor/core";
import {
  aFhirMessage,
  aLocation,
  anEndpoint,
  anInterchange,
  aVansEnvelope,
  aVendor,
  receives,
  testDatabaseUrl,
} from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../testing/a-receiver.ts";
import { type GatewayProcess, startGateway } from "../testing/gateway-process.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
const megabyte = 1024 * 1024;
const largeBytes = 98 * megabyte;
const raisedMax = 150 * megabyte;

let db: Database;
let folder: string;
let gateway: GatewayProcess;
let key: string;
let endpoint: http.Server;
/** What the webhook was sent, by interchange: its length and digest. */
const arrived = new Map<string, { length: number; sha256: string }>();

async function aKey(supplierId: string): Promise<string> {
  const text = `sor_${randomBytes(32).toString("base64url")}`;
  await db.$client.query(
    `insert into api_keys (id, supplier_id, name, key_hash, start, scopes, created_at)
     values ($1, $2, 'large', $3, 'sor_', '{interchanges:send,messages:read,mailboxes:read}', now())`,
    [randomUUID(), supplierId, createHash("sha256").update(text).digest("hex")],
  );
  return text;
}

async function startEndpoint(): Promise<http.Server> {
  const server = http.createServer(async (request, response) => {
    const hash = createHash("sha256");
    let length = 0;
    for await (const piece of request) {
      hash.update(piece as Buffer);
      length += (piece as Buffer).byteLength;
    }
    const id = String(request.headers["sor-interchange-id"]);
    arrived.set(id, { length, sha256: hash.digest("hex") });
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
  const address = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/in`;
  const secret = `whsec_${randomBytes(24).toString("base64")}`;
  const endpointId = await anEndpoint(db, { supplierId, address, signingSecrets: [secret] });
  await receives(db, receiver, endpointId, [
    ["DIS91", "D9134L"],
    ["FDIS91", "5.0"],
  ]);
  key = await aKey(supplierId);
  gateway = await startGateway({ DATABASE_URL: url, DATA_DIR: folder, WEBHOOK_PRIVATE_HOSTS: "127.0.0.1" });
});
afterAll(async () => {
  await gateway?.end();
  endpoint?.closeAllConnections();
  endpoint?.close();
  if (db) await closeDatabase(db);
  rmSync(folder, { recursive: true });
});

const figure = (name: "VmRSS" | "VmHWM") => {
  const status = readFileSync(`/proc/${gateway.pid}/status`, "utf8");
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
};
// Writing 5 there sets the peak back to what is in use now (proc_pid_clear_refs).
const forgetPeak = () => writeFileSync(`/proc/${gateway.pid}/clear_refs`, "5");

/** A file of any length: what is before, a piece again and again, what is after. */
type Large = { head: Buffer; piece: Buffer; count: number; tail: Buffer };
const lengthOf = ({ head, piece, count, tail }: Large) => head.length + piece.length * count + tail.length;
function* bytesOf({ head, piece, count, tail }: Large): Generator<Buffer> {
  yield head;
  for (let at = 0; at < count; at += 1) yield piece;
  yield tail;
}

function parted(text: string, piece: string, more: (count: number) => string = () => text): Large {
  const count = Math.floor(largeBytes / piece.length);
  const [head = "", tail = ""] = more(count).split("@@");
  return {
    head: Buffer.from(head, "latin1"),
    piece: Buffer.from(piece, "latin1"),
    count,
    tail: Buffer.from(tail, "latin1"),
  };
}

function largeEdifact(): Large {
  const line = `FTX+SPC+P00++${new Array(5).fill("å".repeat(70)).join(":")}'`;
  const lines = 200;
  return parted("", line.repeat(lines), (count) =>
    anInterchange({ sender, receiver, letters: [{ reference: "BIG" }] })
      .toString("latin1")
      .replace("UNT+4+", `@@UNT+${4 + count * lines}+`),
  );
}

const ids = () => ({ sender, receiver, envelope: randomUUID(), message: randomUUID() });
const largeFhir = () => parted(aFhirMessage({ ...ids(), text: "@@" }).toString(), "abcdefghij".repeat(6000));

function largeVansEnvelope(): Large {
  const text = aFhirMessage({ ...ids(), text: "@@" }).toString();
  const [before = "", after = ""] = text.split("@@");
  const aligned = before + "x".repeat((3 - (Buffer.byteLength(before) % 3)) % 3);
  const envelope = aVansEnvelope(ids(), {
    format: "HL7",
    name: "MCM:FDIS91",
    version: "5.0",
    payload: Buffer.from("@"),
  });
  const base64 = (part: string) => Buffer.from(part).toString("base64");
  const [head = "", tail = ""] = envelope
    .toString()
    .replace(/<SizeInBytes>\d+<\/SizeInBytes>/, "")
    .split(base64("@"));
  const piece = Buffer.from(base64("abcdef".repeat(10_000)));
  return {
    head: Buffer.from(head + base64(aligned)),
    piece,
    count: Math.floor(largeBytes / piece.length),
    tail: Buffer.from(base64(after) + tail),
  };
}

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

function digestOf(large: Large, hash: Hash = createHash("sha256")): string {
  for (const piece of bytesOf(large)) hash.update(piece);
  return hash.digest("hex");
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

test.runIf(process.platform === "linux").each([
  ["EDIFACT", largeEdifact, {}],
  ["FHIR", largeFhir, {}],
  ["VANSEnvelope, packed", largeVansEnvelope, { "content-encoding": "gzip" }],
] as const)(
  "98 MB of %s are taken in, delivered and given back with less than 150 MB more memory",
  { timeout: 400_000 },
  async (_, make, headers) => {
    const large = make();
    const sha256 = digestOf(large);
    const digest = `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`;
    forgetPeak();
    const before = figure("VmRSS");
    const checked = await post("/v1/interchanges/$validate", large, headers);
    expect([checked.status, JSON.parse(checked.body).isAcceptable]).toEqual([200, true]);
    const sent = "content-encoding" in headers ? headers : { "content-digest": digest };
    const taken = await post("/v1/interchanges", large, sent);
    expect(taken.status, taken.body.slice(0, 500)).toBe(202);
    const { id, sizeBytes, sha256: stored } = JSON.parse(taken.body);
    expect([sizeBytes, stored]).toEqual([lengthOf(large), sha256]);
    await eventually(async () => arrived.has(id), 120);
    expect(arrived.get(id)).toEqual({ length: lengthOf(large), sha256 });
    expect(await download(`/v1/interchanges/${id}/payload`)).toEqual({ length: lengthOf(large), sha256 });
    const raised = figure("VmHWM") - before;
    expect(raised, `${Math.round(raised / megabyte)} MB more`).toBeLessThan(raisedMax);
    // Nothing of it lies about.
    expect(readdirSync(join(folder, "spool"))).toEqual([]);
  },
);
