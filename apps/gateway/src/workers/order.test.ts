import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { closeDatabase, type Database, openDatabase } from "@sor/core";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabaseUrl } from "@sor/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aKey } from "../testing/a-key.ts";
import { eventually } from "../testing/a-receiver.ts";
import { type GatewayProcess, startGateway } from "../testing/gateway-process.ts";

const senders = ["5790000120420", "5790000121526", "5790000123117"];
const receiver = "5790000128686";
const messagesEach = 15;

type Arrival = { line: number; number: number; webhookId: string; inOrder: boolean };
let db: Database;
let folder: string;
let key: string;
let webhook: http.Server;
let env: Record<string, string>;
const gateways: GatewayProcess[] = [];
const arrivals: Arrival[] = [];
/** The messages that the receiver has accepted, by line: the numbers that it answered with 200. */
const taken = senders.map(() => new Set<number>());

// Pseudo-random receiver behaviour, so that a run can be reproduced.
let state = 20260301;
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

async function startWebhook(): Promise<http.Server> {
  const server = http.createServer(async (request, response) => {
    if (request.method !== "POST") return response.writeHead(200).end();
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The gateway was killed while it sent: nothing has arrived.
    }
    const [, line = "", number = ""] =
      /UNH\+S(\d)L(\d+)\+/.exec(Buffer.concat(chunks).toString("latin1")) ?? [];
    const [at, own] = [Number(line), Number(number)];
    const before = Array.from({ length: own }, (_, earlier) => taken[at]?.has(earlier) === true);
    const webhookId = String(request.headers["webhook-id"]);
    arrivals.push({ line: at, number: own, webhookId, inOrder: before.every(Boolean) });
    const fate = random();
    if (fate < 0.15) return response.writeHead(503).end();
    if (fate < 0.2) return request.socket.destroy();
    if (fate < 0.24) return undefined;
    await pause(5);
    taken[at]?.add(own);
    // Accepted, but the gateway does not get the answer: the same message is sent again.
    if (fate < 0.3) return request.socket.destroy();
    return response.writeHead(200).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

beforeEach(async () => {
  const url = await testDatabaseUrl();
  db = openDatabase(url);
  folder = await mkdtemp(join(tmpdir(), "order-"));
  webhook = await startWebhook();
  const { supplierId } = await aVendor(db);
  for (const gln of [...senders, receiver]) await aLocation(db, { gln, supplierId });
  const address = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/in`;
  const endpoint = await anEndpoint(db, { supplierId, address });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
  await db.$client.query("update endpoints set is_ordered = true");
  ({ key } = await aKey(db, supplierId));
  env = {
    DATABASE_URL: url,
    WEBHOOK_PRIVATE_HOSTS: "127.0.0.1",
    DELIVERY_TIMEOUT_SECONDS: "1",
    RETRY_FIRST_SECONDS: "1",
    RETRY_LONGEST_SECONDS: "1",
    BREAKER_SECONDS: "1",
  };
});

afterEach(async () => {
  for (const gateway of gateways) await gateway.end("SIGKILL");
  webhook.closeAllConnections();
  webhook.close();
  await closeDatabase(db);
  await rm(folder, { recursive: true });
});

async function start(place: number): Promise<void> {
  gateways[place] = await startGateway({ ...env, DATA_DIR: join(folder, String(place)) });
}

// Like a careful sender: the next is sent after this one's 202, however often and wherever it has to be retried.
async function send(line: number, number: number): Promise<void> {
  const messages = [{ reference: `S${line}L${number}` }];
  const body = anInterchange({
    sender: senders[line] ?? "",
    receiver,
    reference: `K${line}I${number}`,
    messages,
  });
  for (let tries = number; ; tries += 1) {
    const gateway = gateways[tries % gateways.length];
    const headers = { authorization: `Bearer ${key}`, "idempotency-key": `order-${line}-${number}` };
    const answer = await fetch(`${gateway?.address}/v1/interchanges`, {
      method: "POST",
      headers,
      body,
    }).catch(() => undefined);
    if (answer?.status === 202) return;
    if (answer && answer.status < 500 && answer.status !== 409)
      throw new Error(`refused with ${answer.status}`);
    await pause(50);
  }
}

const takenCount = () => taken.reduce((sum, line) => sum + line.size, 0);
const hasTaken = (count: number) => eventually(async () => takenCount() >= count, 120);

test("messages arrive in the order of their 202 while two gateways are killed; repeats have the same id", async () => {
  await Promise.all([start(0), start(1)]);
  const sending = senders.map(async (_, line) => {
    for (let number = 0; number < messagesEach; number += 1) await send(line, number);
  });
  const killing = async () => {
    for (const [count, place] of [5, 16, 28].map((each, index) => [each, index % 2] as const)) {
      await hasTaken(count);
      await gateways[place]?.end("SIGKILL");
      await start(place);
    }
  };
  await Promise.all([...sending, killing()]);
  await hasTaken(senders.length * messagesEach);
  await eventually(async () => {
    const { rows } = await db.execute<{ open: number }>(
      "select count(*)::int as open from deliveries where state <> 'done'",
    );
    return rows[0]?.open === 0;
  }, 60);
  expect(arrivals.filter(({ inOrder }) => !inOrder)).toEqual([]);
  const ids = Map.groupBy(arrivals, ({ line, number }) => `${line} ${number}`);
  expect(ids.size).toBe(senders.length * messagesEach);
  for (const same of ids.values()) expect(new Set(same.map(({ webhookId }) => webhookId)).size).toBe(1);
  // At least one was repeated: otherwise the test proves nothing.
  expect(arrivals.length).toBeGreaterThan(ids.size);
}, 300_000);
