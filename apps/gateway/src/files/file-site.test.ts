import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createContext, type Database, openDatabase } from "@sor/core";
import { inventCountry, loadCountry } from "@sor/core/demo";
import { scopes } from "@sor/core/permissions";
import { makeDueSnapshot } from "@sor/core/snapshots";
import { aVendor, testDatabaseUrl } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Deps } from "../app-env.ts";
import { snapshotPlaceOf } from "../config.ts";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { eventually } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { startWorkers } from "../workers/index.ts";

const daily = "sor2_produktion/V1_00/data/SorEntity_daily.csv";
let db: Database;
let deps: Deps;
let origin: string;
let folder: string;
let server: http.Server;

beforeAll(async () => {
  const url = await testDatabaseUrl();
  db = openDatabase(url);
  folder = mkdtempSync(join(tmpdir(), "published-"));
  const now = new Date();
  await loadCountry(createContext(db, { kind: "system", job: "test" }, now), inventCountry(200, 1, now));
  const { key } = await aVendor(db);
  const register = {
    role: "authority",
    scope: { kind: "all" },
    validFrom: new Date(0),
    validTo: null,
  } as const;
  const authority = { ...key, scopes, grants: [register] };
  deps = testDeps({
    db,
    clock: () => new Date(),
    env: { DATABASE_URL: url, FILES_DIR: folder, FILES_AT: "never" },
    findKey: async (text) => ({ state: "valid", actor: text === "authority" ? authority : key }),
  });
  server = createGatewayServer(deps);
  origin = await listen(server, 0, "127.0.0.1");
});
afterAll(async () => {
  await closeServer(server);
  await db.$client.end();
  rmSync(folder, { recursive: true });
});

type Got = { status: number; headers: http.IncomingHttpHeaders; body: Buffer };

/** Asks with exactly these headers: fetch would add Accept-Encoding and unpack the answer. */
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${origin}${path}`, { method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) });
      });
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end();
  });
}
const post = (path: string, key: string) => get(path, { authorization: `Bearer ${key}` }, "POST");
const jsonOf = async (path: string) => JSON.parse((await get(path)).body.toString());

test("before the first snapshot every address says that there is none", async () => {
  for (const path of ["/files/", `/files/${daily}`, "/v1/snapshots/latest"]) {
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  }
});

test("only the register authority asks for one; a worker makes it, and it is there whole", async () => {
  expect((await get("/v1/snapshots", {}, "POST")).status).toBe(401);
  expect((await post("/v1/snapshots", "vendor")).status).toBe(403);
  const asked = await post("/v1/snapshots", "authority");
  expect(asked.status).toBe(202);
  const { location = "" } = asked.headers;
  const workers = startWorkers(deps);
  const run = async () =>
    JSON.parse((await get(location, { authorization: "Bearer authority" })).body.toString());
  await eventually(async () => (await run()).state === "published");
  await workers.stop();
  const { name, sequence } = await run();
  expect(await jsonOf("/v1/snapshots/latest")).toMatchObject({ name, sequence });
  expect((await jsonOf("/v1/snapshots")).items[0]).toMatchObject({ name, cause: "request" });
});

test("a file has its hash at the old addresses, in both cases, and below files; the manifest is signed", async () => {
  const { sha256, url } = await jsonOf("/v1/snapshots/latest/sor2-daily");
  for (const path of [`/${daily}`, `/${daily.toLowerCase()}`, `/files/${daily}`, url]) {
    const { status, body, headers } = await get(path);
    expect([path, status, createHash("sha256").update(body).digest("hex")]).toEqual([path, 200, sha256]);
    expect(headers["content-length"]).toBe(String(body.length));
  }
  const [text, key, signature] = await Promise.all(
    ["manifest.json", "public-key.pem", "manifest.json.sig"].map(
      async (name) => (await get(`/files/${name}`)).body,
    ),
  );
  const signed = Buffer.from(String(signature), "base64");
  expect(verify(null, text as Buffer, createPublicKey(String(key)), signed)).toBe(true);
});

test("a client that has the file gets 304; one that accepts gzip gets the ready-made form with a tag of its own", async () => {
  const plain = await get(`/files/${daily}`);
  const packed = await get(`/files/${daily}`, { "accept-encoding": "gzip" });
  expect(packed.headers).toMatchObject({ "content-encoding": "gzip" });
  expect(packed.headers.etag).not.toBe(plain.headers.etag);
  expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
  const known = String(plain.headers.etag);
  expect((await get(`/files/${daily}`, { "if-none-match": known })).status).toBe(304);
  const since = String(plain.headers["last-modified"]);
  expect((await get(`/files/${daily}`, { "if-modified-since": since })).status).toBe(304);
  const stored = await get(`/files/${daily}.gz`);
  expect([stored.headers["content-type"], stored.body.equals(packed.body)]).toEqual([
    "application/gzip",
    true,
  ]);
  const head = await get(`/files/${daily}`, {}, "HEAD");
  expect([head.status, head.headers["content-length"], head.body.length]).toEqual([
    200,
    String(plain.body.length),
    0,
  ]);
});

test("parts put together are the file; a part of another file or form is never sent", async () => {
  const whole = await get(`/files/${daily}`);
  const tag = String(whole.headers.etag);
  const part = async (range: string, more: Record<string, string> = {}) =>
    await get(`/files/${daily}`, { range: `bytes=${range}`, ...more });
  const [first, rest, last] = [await part("0-999"), await part("1000-"), await part("-10")];
  expect([first.status, rest.status]).toEqual([206, 206]);
  expect(Buffer.concat([first.body, rest.body]).equals(whole.body)).toBe(true);
  expect(last.body.equals(whole.body.subarray(-10))).toBe(true);
  expect(first.headers["content-range"]).toBe(`bytes 0-999/${whole.body.length}`);
  const beyond = await part(`${whole.body.length}-`);
  expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, `bytes */${whole.body.length}`]);
  expect((await part("0-9", { "if-range": tag })).status).toBe(206);
  expect((await part("0-9", { "if-range": '"other"' })).body.length).toBe(whole.body.length);
  expect((await part("0-9", { "if-match": tag, "accept-encoding": "gzip" })).status).toBe(412);
  expect((await part("5-2")).status).toBe(200);
});

test("a reader that resumes after a new snapshot gets 412 or its own, and the old one stays at its address", async () => {
  const before = await get(`/files/${daily}`);
  const { url } = await jsonOf("/v1/snapshots/latest/sor2-daily");
  await db.$client.query("update organisation_versions set name = name || ' ny' where superseded_at is null");
  await post("/v1/snapshots", "authority");
  const tomorrow = new Date(Date.now() + 86_400_000);
  await makeDueSnapshot(db, () => tomorrow, snapshotPlaceOf(deps.config));
  await eventually(async () => (await get(`/files/${daily}`)).headers.etag !== before.headers.etag);
  const resumed = { range: "bytes=1000-", "if-match": String(before.headers.etag) };
  expect((await get(`/files/${daily}`, resumed)).status).toBe(412);
  expect((await get(url, resumed)).body.equals(before.body.subarray(1000))).toBe(true);
});

test("folders are pages with a link to each file and folder, from the top down", async () => {
  const links = async (path: string) =>
    [...(await get(path)).body.toString().matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
  expect(await links("/files/")).toEqual(
    expect.arrayContaining(["sor2_produktion/", "register/", "snapshots/", "manifest.json"]),
  );
  expect(await links("/sor2_produktion/V1_00/data/")).toEqual(
    expect.arrayContaining(["SorEntity_daily.csv", "SOREntity.csv", "Sor_complete.zip"]),
  );
  expect((await get("/sor2_produktion/V1_00/data")).headers.location).toBe("/sor2_produktion/V1_00/data/");
  expect(await links("/files/snapshots/")).toHaveLength(3);
});

test.each([
  "/files/../config.ts",
  "/files/snapshots/..%2f..%2fetc/passwd",
  "/files/snapshots/20260101T000000Z-0000000001/",
  "/files/register/nothing.csv",
  "/files/%2e%2e/%2e%2e/etc/passwd",
])("%s is not found", async (path) => {
  expect((await get(path)).status).toBe(404);
});

test("files are sent while the database is away", async () => {
  const without = createGatewayServer(testDeps({ env: { FILES_DIR: folder } }));
  const address = await listen(without, 0, "127.0.0.1");
  const answer = await fetch(`${address}/files/${daily}`);
  expect([answer.status, (await answer.text()).length > 1000]).toEqual([200, true]);
  await closeServer(without);
});
