import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, type Database, openDatabase } from "@sor/core";
import { actorForKey, actorsForKeys } from "@sor/core/access";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  feedSettled,
  receives,
  testDatabaseUrl,
} from "@sor/core/testing";
import { NotificationPage } from "@sor/core/tracking";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Deps } from "../app-env.ts";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { aKey, endKey } from "../testing/a-key.ts";
import { eventually } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { bytesOf, largeEdifact, lengthOf, megabyte } from "../testing/large-messages.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
let db: Database;
let folder: string;
let server: http.Server;
let address: string;
let deps: Deps;
let [supplierId, toId] = ["", ""];

beforeAll(async () => {
  db = openDatabase(await testDatabaseUrl());
  folder = mkdtempSync(join(tmpdir(), "rights-"));
  ({ supplierId } = await aVendor(db));
  toId = (await aVendor(db)).supplierId;
  await aLocation(db, { gln: sender, supplierId });
  await aLocation(db, { gln: receiver, supplierId: toId });
  const webhook = await anEndpoint(db, { supplierId: toId, address: "https://example.org/in" });
  await receives(db, receiver, webhook, [["DIS91", "D9134L"]]);
  const places = { STREAMS_MAX: "8", LONG_POLLS_MAX: "8", DOWNLOADS_MAX: "8" };
  deps = testDeps({
    db,
    env: { DATA_DIR: folder, SPOOL_FREE_MEGABYTES_MIN: "0", ...places },
    clock: () => new Date(),
    findKey: (text, now) => actorForKey(db, text, now),
    currentActors: (actors, now) =>
      actorsForKeys(
        db,
        actors.map(({ id }) => id),
        now,
      ),
  });
  server = createGatewayServer(deps);
  address = await listen(server, 0, "127.0.0.1");
});
afterAll(async () => {
  server.closeAllConnections();
  await closeServer(server);
  await closeDatabase(db);
  rmSync(folder, { recursive: true });
});

type Open = {
  status: number;
  headers: http.IncomingHttpHeaders;
  response: http.IncomingMessage;
  leave: () => void;
};

type Asking = { body?: Buffer; headers?: object; signal?: AbortSignal };

/** Sends a request on a new connection, without reading the answer yet. */
async function open(key: string, path: string, more: Asking = {}): Promise<Open> {
  const request = http.request(`${address}${path}`, {
    agent: false,
    ...(more.signal && { signal: more.signal }),
    method: more.body ? "POST" : "GET",
    headers: { authorization: `Bearer ${key}`, ...more.headers },
  });
  request.end(more.body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const leave = () => request.destroy();
  request.on("error", () => undefined);
  return { status: response.statusCode ?? 0, headers: response.headers, response, leave };
}

/** Reads to the end, complete or not: how many bytes, and whether they were all. */
async function rest({
  response,
}: Pick<Open, "response">): Promise<{ length: number; isWhole: boolean; text: string }> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of response) pieces.push(piece as Buffer);
  } catch {
    // Aborted.
  }
  const all = Buffer.concat(pieces);
  return { length: all.byteLength, isWhole: response.complete, text: all.toString("latin1", 0, 2000) };
}

const stream = "/v1/notifications/stream";
const held = async (resource: string) =>
  (await deps.metrics.placesHeld.get()).values.find(({ labels }) => labels.resource === resource)?.value;
/** The current end of the feed. */
async function last(): Promise<string> {
  const { key } = await aKey(db, supplierId);
  for (let after = ""; ; ) {
    const query = new URLSearchParams({ limit: "500", ...(after && { after }) });
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${address}/v1/notifications?${query}`, { headers });
    const page = NotificationPage.parse(await answer.json());
    after = page.next;
    if (page.isEnd) return after;
  }
}

async function aLargeInterchange(): Promise<{ id: string; length: number }> {
  const large = largeEdifact(
    { sender, receiver, reference: "LARGE", messages: [{ reference: "LARGE" }] },
    16 * megabyte,
  );
  const { key } = await aKey(db, supplierId);
  const sent = await open(key, "/v1/interchanges", { body: Buffer.concat([...bytesOf(large)]) });
  expect(sent.status).toBe(202);
  return { id: JSON.parse((await rest(sent)).text).id, length: lengthOf(large) };
}

describe("within five seconds of the end of its key", () => {
  test("streams end, waiting requests are answered, and a download is aborted", async () => {
    const large = await aLargeInterchange();
    const { id, key } = await aKey(db, supplierId);
    const streams = [await open(key, stream), await open(key, `/v1/mailboxes/${sender}/stream`)];
    const download = await open(key, `/v1/interchanges/${large.id}/payload`);
    expect([...streams, download].map(({ status }) => status)).toEqual([200, 200, 200]);
    const message = anInterchange({
      sender,
      receiver,
      reference: "WAITS",
      messages: [{ reference: "WAITS" }],
    });
    const preferring = open(key, "/v1/interchanges", { body: message, headers: { prefer: "wait=30" } });
    const isTaken = "select 1 from interchanges where control_reference = 'WAITS'";
    await eventually(async () => (await db.$client.query(isTaken)).rowCount === 1);
    await feedSettled(db);
    const waiting = open(key, `/v1/notifications?after=${await last()}&wait=30`);

    await endKey(db, id);
    const ended = performance.now();
    const [polled, preferred] = await Promise.all([waiting, preferring]);
    for (const one of streams) expect(await rest(one)).toMatchObject({ isWhole: true });
    expect(performance.now() - ended).toBeLessThan(5000);
    expect(preferred.status).toBe(202);
    expect(preferred.headers["preference-applied"]).toBeUndefined();
    expect(polled.status).toBe(401);
    const fetched = await rest(download);
    expect(fetched.isWhole).toBe(false);
    expect(fetched.length).toBeLessThan(large.length);
    expect(performance.now() - ended).toBeLessThan(6000);
  });

  test("a stream also ends if its rights are narrowed, its supplier is deactivated or its key expires; others go on", async () => {
    const [narrowed, timed, kept] = [
      await aKey(db, supplierId),
      await aKey(db, supplierId),
      await aKey(db, supplierId),
    ];
    const other = await aVendor(db);
    const inactive = await aKey(db, other.supplierId);
    const streams = await Promise.all([narrowed, timed, inactive, kept].map(({ key }) => open(key, stream)));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const started = performance.now();
    const set = (text: string, id: string) => db.$client.query(text, [id]);
    await set("update api_keys set scopes = '{interchanges:send}' where id = $1", narrowed.id);
    await set("update api_keys set expires_at = now() where id = $1", timed.id);
    await set("update suppliers set is_active = false where id = $1", other.supplierId);
    await Promise.all(streams.slice(0, 3).map(rest));
    expect(performance.now() - started).toBeLessThan(5000);
    expect(streams[3]?.response.readableEnded).toBe(false);
    streams[3]?.leave();
    const headers = { "accept-language": "en" };
    const ask = () => open(inactive.key, "/v1/notifications", { headers });
    await eventually(async () => (await ask()).status === 401);
    expect(JSON.parse((await rest(await ask())).text)).toMatchObject({
      code: "not-signed-in",
      reason: "supplier-deactivated",
      detail: "The supplier of the key is deactivated. Contact the register authority.",
    });
  });
});

test("lists of one supplier leave connections to the database: more than its share wait, then 429; the rest goes on", async () => {
  const { key: own } = await aKey(db, supplierId, ["messages:read", "endpoints:read"]);
  const { key: other } = await aKey(db, toId);
  const blocker = await db.$client.connect();
  try {
    await blocker.query("begin; lock table interchanges in access exclusive mode");
    const reading = Array.from({ length: 10 }, () => open(own, "/v1/interchanges"));
    const refused: Open[] = [];
    for (const read of reading) void read.then((answer) => answer.status === 429 && refused.push(answer));
    await eventually(async () => refused.length === 6);
    const [first] = refused as [Open];
    expect(first.headers["retry-after"]).toMatch(/^\d+$/);
    expect(JSON.parse((await rest(first)).text)).toMatchObject({ code: "too-many", reason: "reads" });
    expect((await open(own, "/v1/endpoints")).status).toBe(200);
    expect((await open(other, "/v1/organisations?q=a")).status).toBe(200);
    await blocker.query("rollback");
    const answers = await Promise.all(reading);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    await eventually(async () => (await held("reads")) === 0);
  } finally {
    blocker.release(true);
  }
});

describe("limited slots", () => {
  const page = async () => `/v1/notifications?after=${await last()}&wait=30`;
  const payload = async () => `/v1/interchanges/${(await aLargeInterchange()).id}/payload`;

  test.each([
    ["streams", async () => stream],
    ["long-polls", page],
    ["downloads", payload],
  ])(
    "%s: ten concurrent requests of one supplier get its share, another supplier gets one, and all are released",
    async (resource, pathOf) => {
      const path = await pathOf();
      const keys = [(await aKey(db, supplierId)).key, (await aKey(db, supplierId)).key];
      const other = (await aKey(db, toId)).key;
      for (let round = 0; round < 2; round += 1) {
        const leaving: (() => void)[] = [];
        const refused: Open[] = [];
        const ask = async (key: string) => {
          const controller = new AbortController();
          leaving.push(() => controller.abort());
          const answer = await open(key, path, { signal: controller.signal });
          if (answer.status !== 200) refused.push(answer);
        };
        const asked = Array.from({ length: 10 }, (_, at) => ask(keys[at % 2] ?? ""));
        await eventually(async () => refused.length === 6);
        asked.push(ask(other));
        const [first] = refused as [Open];
        expect([first.status, first.headers["retry-after"]]).toEqual([429, expect.stringMatching(/^\d+$/)]);
        const { text } = await rest(first);
        expect(JSON.parse(text)).toMatchObject({ code: "too-many", reason: resource });
        await eventually(async () => (await held(resource)) === 5);
        expect(refused).toHaveLength(6);
        for (const leave of leaving) leave();
        await Promise.allSettled(asked);
        await eventually(async () => (await held(resource)) === 0);
      }
    },
  );
});
