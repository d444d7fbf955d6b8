import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Deps } from "../app-env.ts";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";

const [sender, receiver] = ["5790000120420", "5790000128686"];
const megabyte = 1024 * 1024;
let db: Database;
let folder: string;
let deps: Deps;
let server: http.Server;
let address: string;

beforeAll(async () => {
  db = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), "slow-bodies-"));
  const [hostile, other] = [await aVendor(db), await aVendor(db)];
  for (const gln of [sender, receiver]) await aLocation(db, { gln, supplierId: other.supplierId });
  const mailbox = await anEndpoint(db, { supplierId: other.supplierId });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
  const keys: Record<string, Actor> = {
    hostile: hostile.key,
    bare: { ...hostile.key, scopes: ["alerts:read"] },
    other: other.key,
  };
  const limits = { INTAKE_MEGABYTES_MAX: "8", INTERCHANGE_MEGABYTES_MAX: "4" };
  const pace = { BODY_GRACE_SECONDS: "2", BODY_KILOBYTES_PER_SECOND_MIN: "50" };
  deps = testDeps({
    db,
    env: { DATA_DIR: folder, SPOOL_FREE_MEGABYTES_MIN: "0", ...limits, ...pace },
    findKey: async (key) => (keys[key] ? { state: "valid", actor: keys[key] } : { state: "unknown" }),
  });
  server = createGatewayServer(deps);
  address = await listen(server, 0, "127.0.0.1");
});
afterAll(async () => {
  server.closeAllConnections();
  await closeServer(server);
  rmSync(folder, { recursive: true });
});

type Answer = { status: number; reason: string | undefined; retryAfter: string | undefined };

/** A request whose body has only begun: its answer, and a function to send more. */
function begin(key: string, path: string, told: number, type = "application/EDIFACT") {
  const headers = { authorization: `Bearer ${key}`, "content-length": told, "content-type": type };
  const request = http.request(`${address}${path}`, { method: "POST", agent: false, headers });
  request.on("error", () => undefined);
  request.flushHeaders();
  const answer = once(request, "response").then(async ([response]): Promise<Answer> => {
    let text = "";
    for await (const piece of response as http.IncomingMessage) text += String(piece);
    const { statusCode: status = 0, headers: given } = response as http.IncomingMessage;
    return { status, reason: JSON.parse(text).reason, retryAfter: given["retry-after"] };
  });
  answer.catch(() => undefined);
  const closed = new Promise<void>((resolve) => request.on("close", resolve));
  return { answer, closed, say: (bytes: Buffer) => request.write(bytes), leave: () => request.destroy() };
}

let sent = 0;
async function send(key: string): Promise<number> {
  sent += 1;
  const reference = `L${sent}`;
  const body = anInterchange({ sender, receiver, reference, messages: [{ reference }] });
  const headers = { authorization: `Bearer ${key}` };
  return (await fetch(`${address}/v1/interchanges`, { method: "POST", headers, body })).status;
}
const inFlight = async () => (await deps.metrics.intakeBytes.get()).values[0]?.value ?? 0;

test("silent connections that announce the largest bodies block nobody, and are ended with 408", async () => {
  const paths = ["/v1/interchanges", "/v1/interchanges/$validate"];
  const silent = Array.from({ length: 12 }, (_, at) => begin("hostile", paths[at % 2] ?? "", 4_000_000));
  for (const one of silent) one.say(Buffer.from("U"));
  const started = performance.now();
  // Their first bytes have arrived, and each reserves one byte and what its speed predicts.
  await expect.poll(inFlight).toBeGreaterThan(0);
  for (let message = 0; message < 5; message += 1) expect(await send("other")).toBe(202);
  const answers = await Promise.all(silent.map(({ answer }) => answer));
  expect(answers.map(({ status }) => status)).toEqual(silent.map(() => 408));
  await Promise.all(silent.map(({ closed }) => closed));
  expect(performance.now() - started).toBeLessThan(8000);
  expect(await inFlight()).toBe(0);
});

test.each(["/v1/interchanges", "/v1/interchanges/$validate"])(
  "a key without the permission to send is refused at %s before the body is received",
  async (path) => {
    const refused = begin("bare", path, 4_000_000);
    expect((await refused.answer).status).toBe(403);
    expect(await inFlight()).toBe(0);
    await refused.closed;
  },
);

test("a body below the minimum speed is ended for any operation, a slow one above it is not", async () => {
  const trickle = begin("other", "/v1/interchanges", 4_000_000);
  const search = begin("other", "/v1/messages/$search", 20, "application/json");
  const bytes = anInterchange({ sender, receiver, messages: [{ reference: "SLOW", text: "x".repeat(60) }] });
  const slow = begin("other", "/v1/interchanges", bytes.length);
  let isOver = false;
  const ended = trickle.answer.then((answer) => {
    isOver = true;
    return answer;
  });
  for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 10)) {
    slow.say(bytes.subarray(at, at + Math.ceil(bytes.length / 10)));
    await pause(150);
  }
  while (!isOver) {
    trickle.say(Buffer.from("UNA:+.? '"));
    await pause(100);
  }
  expect((await slow.answer).status).toBe(202);
  expect((await ended).status).toBe(408);
  expect((await search.answer).status).toBe(408);
});

test("one supplier's concurrent submissions are limited to its share (429), and others still send", async () => {
  const part = Buffer.alloc(1.8 * megabyte, "UNA:+.? '");
  const bodies = Array.from({ length: 4 }, () => begin("hostile", "/v1/interchanges", 3 * megabyte));
  for (const body of bodies) body.say(part);
  const [refused] = [await Promise.race(bodies.map(({ answer }) => answer))];
  expect(refused).toEqual({ status: 429, reason: "bytes-in-flight", retryAfter: "5" });
  expect(await inFlight()).toBeLessThanOrEqual(4 * megabyte);
  expect(await send("other")).toBe(202);
  for (const body of bodies) body.leave();
  await expect.poll(inFlight).toBe(0);
  expect(await send("hostile")).toBe(403);
});
