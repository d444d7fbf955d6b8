import type { Database } from "@sor/core";
import { feedSettled, testDatabase } from "@sor/core/testing";
import { NotificationPage } from "@sor/core/tracking";
import { beforeAll, expect, test } from "vitest";
import { receiver, sender, twoVendors } from "../testing/two-vendors.ts";
import { numberFeed } from "../workers/number-feed.ts";

let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;
const stopping = new AbortController();

beforeAll(async () => {
  db = await testDatabase();
  gateway = await twoVendors(db, { stopping: stopping.signal });
  const ended = new AbortController();
  const numbering = numberFeed(gateway.deps, ended.signal);
  return async () => {
    ended.abort();
    await numbering;
  };
});

const read = async (key: string, query: string) =>
  NotificationPage.parse(await (await gateway.ask(key, `/v1/notifications${query}`)).json());

/** Reads a stream until it has sent that many events; then disconnects. */
async function hear(key: string, path: string, count: number, headers: Record<string, string> = {}) {
  const answer = await gateway.ask(key, path, { headers });
  expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error("the stream has no body");
  const events: { id: string; event: string; data: { event: string; messageId: string } }[] = [];
  while (events.length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    for (const block of value.split("\n\n").filter((text) => text.includes("data: "))) {
      const fields = new Map(block.split("\n").map((line) => line.split(": ", 2) as [string, string]));
      const data = JSON.parse(block.slice(block.indexOf("data: ") + 6)) as (typeof events)[number]["data"];
      events.push({ id: fields.get("id") ?? "", event: fields.get("event") ?? "", data });
    }
  }
  return { events, leave: () => reader.cancel(), rest: reader };
}

const send = async () => {
  const sent = await gateway.send();
  await feedSettled(db);
  return sent;
};

const latest = async (key: string) => (await read(key, "?after=latest")).next;

test("the feed and the stream give the same events, the stream continues after Last-Event-ID", async () => {
  const start = await latest("from");
  await send();
  const page = await read("from", `?after=${start}`);
  expect(page.items.map(({ event }) => event)).toEqual(["taken-in", "found-valid", "found-route", "queued"]);
  const stream = await hear("from", `/v1/notifications/stream?after=${start}`, 4);
  expect(stream.events.map(({ data }) => data)).toEqual(page.items);
  await stream.leave();
  const after = stream.events[1]?.id ?? "";
  const again = await hear("to", "/v1/notifications/stream", 2, { "last-event-id": after });
  expect(again.events.map(({ data }) => data)).toEqual(page.items.slice(2));
  await again.leave();
});

test("a long poll is answered when an event happens, and with an empty page when none does", async () => {
  const start = await latest("from");
  const asked = read("from", `?after=${start}&wait=20`);
  await gateway.send();
  expect((await asked).items.length).toBeGreaterThan(0);
  const next = await latest("other");
  expect(await read("other", `?after=${next}&wait=1`)).toMatchObject({ items: [], isEnd: true });
});

test("a stream from the latest event gives later events, and first an id to reconnect with", async () => {
  const { messageIds: earlier } = await send();
  const answer = await gateway.ask("from", "/v1/notifications/stream?after=latest");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  const begun = (await reader?.read())?.value ?? "";
  const id = /^id: (.+)$/m.exec(begun)?.[1] ?? "";
  const { messageIds: later } = await send();
  const told = (await reader?.read())?.value ?? "";
  await reader?.cancel();
  expect(told).toContain(later[0]);
  expect(told).not.toContain(earlier[0]);
  const { items } = await read("from", `?after=${id}`);
  expect(new Set(items.map(({ messageId }) => messageId))).toEqual(new Set(later));
  expect((await read("from", "?after=0")).items).toEqual((await read("from", "")).items);
});

test("an offset from before a restore is refused, with the offset to begin at", async () => {
  await send();
  const next = await latest("from");
  const [epoch, last] = JSON.parse(Buffer.from(next, "base64url").toString()) as [number, number];
  const ahead = Buffer.from(JSON.stringify([epoch, last + 1])).toString("base64url");
  for (const [key, path] of [
    ["from", "/v1/notifications"],
    ["from", "/v1/notifications/stream"],
    ["to", `/v1/mailboxes/${receiver}/stream`],
  ] as const) {
    const answer = await gateway.ask(key, `${path}?after=${ahead}`);
    expect(answer.status).toBe(410);
    expect(await answer.json()).toMatchObject({ code: "offset-gone", begin: next });
  }
});

test("a mailbox's stream reports deliveries that arrive in it, to its owner only", async () => {
  const start = await latest("to");
  const { messageIds } = await send();
  const stream = await hear("to", `/v1/mailboxes/${receiver}/stream?after=${start}`, 1);
  expect(stream.events[0]?.data).toMatchObject({ event: "queued", messageId: messageIds[0] });
  await stream.leave();
  expect((await gateway.ask("from", `/v1/mailboxes/${receiver}/stream`)).status).toBe(403);
  expect((await gateway.ask("other", `/v1/mailboxes/${sender}/stream`)).status).toBe(403);
});

test("a stream ends when the program stops", async () => {
  const start = await latest("from");
  await send();
  const stream = await hear("from", `/v1/notifications/stream?after=${start}`, 4);
  const rest = stream.rest.read();
  stopping.abort();
  let last = await rest;
  while (!last.done) last = await stream.rest.read();
  expect(last.done).toBe(true);
});

test("HEAD of a stream holds no stream open", async () => {
  for (let asked = 0; asked < 201; asked += 1) {
    const head = await gateway.ask("from", "/v1/notifications/stream", { method: "HEAD" });
    expect(head.status).toBe(200);
  }
  expect((await gateway.ask("from", "/v1/notifications/stream")).status).toBe(200);
});
