import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import type { SubscriptionView } from "@sor/core/change-subscriptions";
import { appendEntries, currentSequence } from "@sor/core/journal";
import { applySet, aVendor, setApprovalRules, testDatabaseUrl, unitToCreate } from "@sor/core/testing";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { aReceiver, aWorkerProcess, eventually, type Receiver } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { runAlerts } from "./alert.ts";

let url: string;
let db: Database;
let target: Receiver;
let vendor: Awaited<ReturnType<typeof aVendor>>;
let app: ReturnType<typeof createApp>;
const stopping: (() => Promise<void>)[] = [];
const system = { kind: "system", job: "test" } as const;

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  [target, vendor] = [await aReceiver(), await aVendor(db)];
  await setApprovalRules(db, []);
  const actor = { ...vendor.key, scopes: ["changes:subscribe"] as const };
  app = createApp(testDeps({ db, env: env(), clock, findKey: async () => ({ state: "valid", actor }) }));
});
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
  await target.stop();
  await closeDatabase(db);
});

const env = () => ({ DATABASE_URL: url, WEBHOOK_PRIVATE_HOSTS: "127.0.0.1" });
const clock = () => new Date();

/** The worker that packs and sends, in this process, with a clock that is ahead by so many seconds. */
function work(aheadSeconds = 0) {
  const abort = new AbortController();
  const ahead = () => new Date(Date.now() + aheadSeconds * 1000);
  const running = runAlerts(testDeps({ db, clock: ahead, env: env() }), abort.signal);
  const stop = async () => {
    abort.abort();
    await running;
  };
  stopping.push(stop);
  return stop;
}

type Answer = {
  status: number;
  body: SubscriptionView & { secret: string; refreshId: string; code: string };
};
async function ask(method: string, path: string, body?: object, etag = "*"): Promise<Answer> {
  const answer = await app.request(`/v1/subscriptions${path}`, {
    method,
    headers: { authorization: "Bearer x", "content-type": "application/json", "if-match": etag },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : undefined };
}
async function subscribed(more: object = {}) {
  const { status, body } = await ask("POST", "", { name: "Kopi", address: target.address(), ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return { ...body, start: await currentSequence(db) };
}
const seen = async (id: string) => (await ask("GET", `/${id}`)).body;

/** Entries made together. */
const record = (count: number, subjectType = "unit") =>
  db.transaction((tx) =>
    appendEntries(
      tx,
      system,
      new Date(),
      Array.from({ length: count }, (_, at) => ({
        ...{
          action: "unit.edit",
          outcome: "done" as const,
          subjectType,
          subjectId: `${311_000_016_000 + at}`,
        },
        after: { versions: [{ name: `Enhed ${at}`, supplierId: "s", note: "kun internt" }] },
      })),
    ),
  );

type Event = {
  [name: string]: unknown;
  id: string;
  type: string;
  sequence: string;
  transaction?: string;
  islast?: boolean;
  refresh?: string;
  data: { after?: unknown; units: { sorId: string; lines: { attributes?: object }[] }[] };
};
const eventsOf = (posts = target.posts): Event[] => posts.flatMap(({ body }) => JSON.parse(body.toString()));
const changed = (posts = target.posts) =>
  eventsOf(posts).filter(({ type }) => type === "sor.register.changed");
/** The numbers told, each event once however often it arrived. */
const numbers = () => [...new Map(changed().map((each) => [each.id, Number(each.sequence)])).values()];
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at + 1);

test("changes arrive signed, as CloudEvents with the marks of their transactions, and only what is public", async () => {
  const { id, secret, start } = await subscribed({ rows: false });
  await record(2);
  await record(1, "location");
  await record(1, "user");
  work();
  await eventually(async () => (await seen(id)).behind === 0 && numbers().length === 3);
  const [post] = target.posts;
  expect(post?.headers["content-type"]).toBe("application/cloudevents-batch+json; charset=utf-8");
  new Webhook(secret).verify(post?.body.toString() ?? "", post?.headers as Record<string, string>);
  const events = eventsOf();
  expect(events[0]).toMatchObject({
    ...{ specversion: "1.0", source: "/v1/changes", subject: "unit/311000016000" },
    ...{ datacontenttype: "application/json", sequence: String(start + 1).padStart(15, "0") },
    data: { after: { versions: [{ name: "Enhed 0" }] } },
  });
  expect(JSON.stringify(events)).not.toMatch(/kun internt|supplierId/);
  expect(events.map(({ islast }) => islast)).toEqual([false, true, true]);
  expect(new Set(events.map(({ transaction }) => transaction)).size).toBe(2);
  expect(await seen(id)).toMatchObject({ state: "active", underWay: null });
});

test("programs that are killed while they pack and send lose no number, and tell each under one id", async () => {
  const { id, start } = await subscribed({ rows: false });
  for (let round = 0; round < 2; round += 1) {
    const before = target.posts.length;
    target.answers.push(...(round % 2 === 0 ? ["hang" as const] : [200, "hang" as const]));
    const worker = await aWorkerProcess(url);
    for (let made = 0; made < 5; made += 1) await record(made + 1);
    await target.until(before + 1);
    worker.kill("SIGKILL");
    target.answers.length = 0;
    // What the killed program held is taken by others when its lease is over.
    await db.$client.query("update outbox_messages set lease_until = now() where lease_until is not null");
  }
  await record(1);
  work();
  const head = await currentSequence(db);
  await eventually(async () => (await seen(id)).behind === 0);
  expect(numbers()).toEqual(upTo(start, head));
  const ids = changed().map((each) => each.id);
  expect(new Set(ids).size).toBe(head - start);
  expect(ids.length).toBeGreaterThan(head - start);
});

test("who refuses is suspended, and goes on without a gap when resumed; a replay sends it all again", async () => {
  const { id, told, start } = await subscribed({ rows: false });
  await record(3);
  target.answers.push(410, 410, 410);
  for (const ahead of [0, 400, 800]) {
    const stop = work(ahead);
    const refused = `select from subscriptions where refusals_in_row = ${ahead / 400 + 1}`;
    await eventually(async () => (await db.$client.query(refused)).rowCount === 1);
    await stop();
  }
  expect(await seen(id)).toMatchObject({ state: "suspended", told, lastError: "status 410" });
  const stop = work(900);
  await record(1);
  expect((await ask("PATCH", `/${id}`, { isPaused: false })).body.state).toBe("active");
  await eventually(async () => (await seen(id)).behind === 0);
  await stop();
  const told2 = upTo(start, start + 4);
  expect(changed(target.posts.slice(3)).map(({ sequence }) => Number(sequence))).toEqual(told2);
  const from = target.posts.length;
  expect((await ask("POST", `/${id}/$replay`, { after: String(start + 1) })).status).toBe(200);
  work(1000);
  await eventually(async () => (await seen(id)).behind === 0);
  expect(changed(target.posts.slice(from)).map(({ sequence }) => Number(sequence))).toEqual(told2.slice(1));
  expect((await ask("POST", `/${id}/$replay`, { after: "999999" })).body.code).toBe("offset-gone");
});

test("a refresh sends the present state of a part to one subscriber, marked, after what is new", async () => {
  const ctx = createContext(db, system, new Date());
  const [owner, other, house] = await applySet(ctx, [
    unitToCreate(null, { sorId: "new:a" }),
    unitToCreate(null, { sorId: "new:b" }),
    unitToCreate("new:a", { sorId: "new:h" }),
  ]);
  const { id } = await subscribed({ subtreeOf: owner });
  await subscribed({ name: "Andres", address: target.address("/others") });
  const [late] = await applySet(ctx, [unitToCreate(owner ?? null, { sorId: "new:x" })]);
  const { status, body } = await ask("POST", `/${id}/$refresh`, { entity: "unit" });
  expect(status).toBe(202);
  work();
  const marked = () => eventsOf().filter(({ refresh }) => refresh === body.refreshId);
  await eventually(async () => marked().length > 0 && (await seen(id)).refreshId === null);
  const told = eventsOf().map(({ type, refresh }) => refresh ?? type);
  expect(told.lastIndexOf("sor.register.changed")).toBeLessThan(told.indexOf(body.refreshId));
  const [part] = marked();
  expect(part).toMatchObject({ type: "sor.register.rows", islast: true });
  expect(part?.data.units.map(({ sorId }) => sorId)).toEqual([owner, house, late].toSorted());
  expect(JSON.stringify(part)).not.toContain(other);
  expect((await ask("DELETE", `/${id}`)).status).toBe(204);
  expect((await ask("GET", `/${id}`)).status).toBe(404);
});

test("another supplier sees none of it, and a supplier has ten", async () => {
  const { id } = await subscribed();
  const stranger = (await aVendor(db)).key;
  const theirs = createApp(
    testDeps({
      ...{ db, clock },
      findKey: async () => ({ state: "valid", actor: { ...stranger, scopes: ["changes:subscribe"] } }),
    }),
  );
  const headers = { authorization: "Bearer x" };
  expect((await theirs.request(`/v1/subscriptions/${id}`, { headers })).status).toBe(404);
  expect(await (await theirs.request("/v1/subscriptions", { headers })).json()).toEqual({ items: [] });
  const more = await Promise.all(
    Array.from({ length: 12 }, () => ask("POST", "", { name: "Kopi", address: "https://edi.example.dk/in" })),
  );
  expect(more.filter(({ status }) => status === 201)).toHaveLength(9);
  expect((await ask("POST", "", { name: "K", address: "http://10.0.0.1/in" })).status).toBe(400);
});
