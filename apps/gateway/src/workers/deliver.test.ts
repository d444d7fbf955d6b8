import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import type { Scope } from "@sor/core/access";
import { webhookSignatures } from "@sor/core/deliveries";
import { acceptInterchange } from "@sor/core/intake";
import { getMessage, listAttempts, listMessageEvents } from "@sor/core/messages";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  receives,
  testDatabaseUrl,
  untilLockWaits,
} from "@sor/core/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aReceiver, aWorkerProcess, eventually, type Receiver } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { startDelivery } from "./deliver.ts";
import { createAnnouncer, startWorkers, type Workers } from "./index.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let url: string;
let db: Database;
let target: Receiver;
let from: Awaited<ReturnType<typeof aVendor>>;
let to: Awaited<ReturnType<typeof aVendor>>;
const running: Workers[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  target = await aReceiver();
  [from, to] = [await aVendor(db), await aVendor(db)];
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  await webhookAt(target.address());
});

afterEach(async () => {
  for (const workers of running.splice(0)) await workers.stop();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await target.stop();
  await closeDatabase(db);
});

async function webhookAt(address: string, types: [string, string][] = [["DIS91", "D9134L"]]) {
  const endpoint = await anEndpoint(db, { supplierId: to.supplierId, address, signingSecrets: [secret] });
  await receives(db, receiver, endpoint, types);
  return endpoint;
}

function work(more: { aheadSeconds?: number; env?: Record<string, string> } = {}): void {
  const clock = () => new Date(Date.now() + (more.aheadSeconds ?? 0) * 1000);
  const env = { DATABASE_URL: url, WEBHOOK_PRIVATE_HOSTS: "127.0.0.1", ...more.env };
  running.push(startWorkers(testDeps({ db, clock, env })));
}

const hasRule = (retry: object) =>
  db.$client.query("update endpoints set retry = $1", [JSON.stringify(retry)]);
const reader = () => createContext(db, from.key, new Date());
async function send(bytes = anInterchange({ sender, receiver })): Promise<string> {
  const { interchange } = await acceptInterchange(createContext(db, from.key, new Date()), {
    bytes,
    gatewayParty: "SORGATEWAY",
  });
  return interchange.messages[0]?.id ?? "";
}
const stateOf = async (id: string) => (await getMessage(reader(), { id })).state;
const hasState = (id: string, state: string) => eventually(async () => (await stateOf(id)) === state);

describe("a message for a webhook", () => {
  test("arrives byte for byte, signed, with its ids, and is then delivered", async () => {
    const bytes = anInterchange({
      sender,
      receiver,
      messages: [{ reference: "L1", text: "Rødgrød på åen" }],
    });
    const id = await send(bytes);
    work();
    await hasState(id, "delivered");
    const [post] = target.posts;
    expect(post?.body.equals(bytes)).toBe(true);
    expect(post?.headers["content-type"]).toBe("application/EDIFACT; charset=iso-8859-1");
    expect(post?.headers["sor-message-ids"]).toBe(id);
    const { "webhook-id": own = "", "webhook-timestamp": seconds } = post?.headers ?? {};
    const signed = webhookSignatures([secret], String(own), Number(seconds), bytes);
    expect(post?.headers["webhook-signature"]).toBe(signed);
    expect(await listAttempts(reader(), { id })).toMatchObject([
      { number: 1, outcome: "delivered", status: 200 },
    ]);
  });

  test("that is accepted while workers wait is sent without polling", async () => {
    work();
    const announce = createAnnouncer(testDeps({ db }));
    const id = await send();
    announce();
    await hasState(id, "delivered");
    expect(target.posts).toHaveLength(1);
  });

  test.each([
    ["600", 7200, 600],
    ["431000", 7200, 3600],
    ["431000", 3600, 3570],
  ])(
    "that is answered 503 with Retry-After %s and given up after %i seconds is retried after %i",
    async (retryAfter, giveUpSeconds, seconds) => {
      await hasRule({ firstSeconds: 1, factor: 2, longestSeconds: 60, giveUpSeconds });
      target.answers.push({ status: 503, headers: { "retry-after": retryAfter } });
      const id = await send();
      work();
      await eventually(async () => (await listAttempts(reader(), { id })).length === 1);
      const { delivery, state } = await getMessage(reader(), { id });
      expect(state).toBe("queued");
      expect(Date.parse(delivery?.nextAttemptAt ?? "") - Date.now()).toBeGreaterThan((seconds - 100) * 1000);
      work({ aheadSeconds: seconds });
      await hasState(id, "delivered");
      expect(new Set(target.posts.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
      expect(target.posts[1]?.headers["sor-attempt"]).toBe("2");
    },
  );

  test("that was sent but not answered is retried with the same id: it may or may not have arrived", async () => {
    target.answers.push("hang");
    const id = await send();
    work({ env: { DELIVERY_TIMEOUT_SECONDS: "1" } });
    await eventually(async () => (await listAttempts(reader(), { id })).length === 1);
    expect((await listAttempts(reader(), { id }))[0]).toMatchObject({ outcome: "unknown", error: "TIMEOUT" });
    expect(await stateOf(id)).toBe("queued");
    work({ aheadSeconds: 700 });
    await hasState(id, "delivered");
    expect(new Set(target.posts.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });

  test("that is large has a timeout and a lease by its size: a slow receiver gets it at the first attempt", async () => {
    target.answers.push({ afterMilliseconds: 2500 });
    const id = await send(
      anInterchange({ sender, receiver, messages: [{ reference: "L1", text: "x".repeat(20_000) }] }),
    );
    // A second plus 20 kB at 2 kB a second.
    work({ env: { DELIVERY_TIMEOUT_SECONDS: "1", DELIVERY_KILOBYTES_PER_SECOND_MIN: "2" } });
    work({ aheadSeconds: 5, env: { DELIVERY_TIMEOUT_SECONDS: "1", DELIVERY_KILOBYTES_PER_SECOND_MIN: "2" } });
    await hasState(id, "delivered");
    expect(target.posts).toHaveLength(1);
    expect(await listAttempts(reader(), { id })).toMatchObject([{ outcome: "delivered" }]);
  });

  test("that is refused permanently is a dead letter at once", async () => {
    target.answers.push(410);
    const id = await send();
    work();
    await hasState(id, "dead");
    expect(target.posts.length).toBe(1);
    const shown = async ({ key }: typeof to, ...more: Scope[]) => {
      const ctx = createContext(db, { ...key, scopes: [...key.scopes, ...more] }, new Date());
      const [{ status, responseExcerpt } = {}] = await listAttempts(ctx, { id });
      return [status, responseExcerpt];
    };
    // The text from the receiver's server is shown to its own supplier only.
    expect(await shown(to, "endpoints:read")).toEqual([410, "answer"]);
    expect([await shown(to), await shown(from, "endpoints:read")]).toEqual([
      [410, null],
      [410, null],
    ]);
  });

  test("does not follow a redirect", async () => {
    target.answers.push({ status: 307, headers: { location: target.address("/elsewhere") } });
    const id = await send();
    work();
    await eventually(async () => (await listAttempts(reader(), { id })).length === 1);
    expect(target.posts.length).toBe(1);
    expect(await stateOf(id)).toBe("queued");
  });

  test("waits for a dead endpoint behind its circuit breaker: one probe a minute, however many wait", async () => {
    for (let failure = 0; failure < 40; failure += 1) target.answers.push(500);
    for (let message = 0; message < 30; message += 1) await send();
    work({ env: { DELIVERIES_PER_ENDPOINT: "1" } });
    await target.until(5);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(target.posts.length).toBe(5);
    work({ aheadSeconds: 61, env: { DELIVERIES_PER_ENDPOINT: "1" } });
    await target.until(6);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(target.posts.length).toBe(6);
  });
});

test("a worker suspended until its lease expires releases the message unsent: another may have it by now", async () => {
  const id = await send();
  let looks = 0;
  const clock = () => {
    looks += 1;
    // It leases a message, and three minutes pass before it sends it.
    return new Date(Date.now() + (looks === 1 ? 0 : 180_000));
  };
  const env = { DATABASE_URL: url, WEBHOOK_PRIVATE_HOSTS: "127.0.0.1" };
  const worker = startDelivery(testDeps({ db, clock, env }), "one");
  await hasState(id, "delivered");
  await worker.stop();
  const events = (await listMessageEvents(reader(), { id })).map(({ event }) => event);
  expect(events.slice(4)).toEqual(["taken", "given-back", "taken", "delivered"]);
  expect(target.posts).toHaveLength(1);
});

test("a worker shuts down cleanly even if the database is gone before it has released its leases", async () => {
  await send();
  let asked = 0;
  const clock = () => {
    asked += 1;
    if (asked > 1) throw new Error("the database is gone");
    return new Date();
  };
  const worker = startDelivery(testDeps({ db, clock, env: { DATABASE_URL: url } }), "one");
  await expect(worker.stop()).resolves.toBeUndefined();
  expect(asked).toBe(2);
});

describe("workers in separate processes", () => {
  async function aProcess(): Promise<ChildProcess> {
    const child = await aWorkerProcess(url);
    children.push(child);
    return child;
  }

  test("lose nothing when killed during a delivery: its lease expires and another sends the same bytes", async () => {
    target.answers.push("hang");
    const id = await send();
    const child = await aProcess();
    await target.until(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await stateOf(id)).toBe("delivering");
    work({ aheadSeconds: 130 });
    await hasState(id, "delivered");
    const [first, second] = target.posts;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    const events = (await listMessageEvents(reader(), { id })).map(({ event }) => event);
    expect(events.slice(4)).toEqual(["taken", "taken", "delivered"]);
  }, 120_000);

  test("suspended until another has sent their message, do not send it again when resumed", async () => {
    const id = await send();
    const lease = { DELIVERY_TIMEOUT_SECONDS: "1" };
    const child = await db.transaction(async (tx) => {
      // It leases the message, and cannot read the payload.
      await tx.execute("lock table payloads in access exclusive mode");
      const standing = await aWorkerProcess(url, lease);
      children.push(standing);
      await untilLockWaits(db, 1);
      standing.kill("SIGSTOP");
      return standing;
    });
    const taken = await db.execute<{ until: string }>("select lease_until as until from deliveries");
    const until = new Date(taken.rows[0]?.until ?? "").getTime();
    work({ aheadSeconds: 130 });
    await hasState(id, "delivered");
    await eventually(async () => Date.now() > until);
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    expect(((await once(child, "exit")) as [number])[0]).toBe(0);
    expect(target.posts).toHaveLength(1);
  }, 40_000);

  test("share the work: every message is sent once, and only those leased by a killed one can be sent twice", async () => {
    const ids: string[] = [];
    for (let message = 0; message < 150; message += 1) ids.push(await send());
    const [first] = [await aProcess(), await aProcess()];
    await target.until(40);
    first?.kill("SIGKILL");
    work({ aheadSeconds: 130 });
    for (const id of ids) await hasState(id, "delivered");
    const counts = Map.groupBy(target.posts, (post) => post.headers["webhook-id"]);
    expect(counts.size).toBe(150);
    const twice = [...counts.values()].filter((posts) => posts.length > 1).length;
    // At most eight were in progress to one endpoint at the moment of the kill (DELIVERIES_PER_ENDPOINT).
    expect(twice).toBeLessThanOrEqual(8);
  }, 120_000);

  test("finish the deliveries in progress when stopped, and leave the rest to others", async () => {
    for (let message = 0; message < 20; message += 1) await send();
    const child = await aProcess();
    await target.until(3);
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(0);
    const { rows } = await db.execute("select 1 from deliveries where lease_until is not null");
    expect(rows).toEqual([]);
  }, 120_000);
});
