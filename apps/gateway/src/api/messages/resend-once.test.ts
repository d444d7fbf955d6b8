import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeDatabase, type Database, openDatabase } from "@sor/core";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../../app.ts";
import { aDyingGateway } from "../../testing/gateway-process.ts";
import { refuseAll, twoVendors } from "../../testing/two-vendors.ts";

let url: string;
let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;
let now = new Date("2026-03-01T10:00:00Z");
const children: ChildProcess[] = [];

beforeAll(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  gateway = await twoVendors(db, { clock: () => now });
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await closeDatabase(db);
});

/** A gateway that is killed after it has resent a message, before it answers. */
async function dying() {
  const own = { DATABASE_URL: url, ACTOR: JSON.stringify(gateway.from.key), NOW: now.toISOString() };
  const started = await aDyingGateway(own);
  children.push(started.child);
  return started;
}

async function aDeadLetter(): Promise<string> {
  const { messageIds } = await gateway.send({
    messages: [{ reference: `R${now.getTime()}`.slice(-14), type: "DIS01", version: "D0134L" }],
  });
  await refuseAll(db, now);
  return messageIds[0] ?? "";
}

const copiesOf = async (id: string) => {
  const answer = await gateway.ask("from", `/v1/messages/${id}/events`);
  const { items } = (await answer.json()) as { items: { event: string; detail: { messageId: string } }[] };
  return items.filter(({ event }) => event === "resent").map(({ detail }) => detail.messageId);
};

test("a gateway that is killed after a resend, before it could answer, sends no second copy", async () => {
  const id = await aDeadLetter();
  const path = `/v1/messages/${id}/$resend`;
  const body = { reason: "modtageren bad om det" };
  const headers = { "idempotency-key": "killed" };
  const { address, child } = await dying();
  const gone = once(child, "exit");
  const asked = fetch(`${address}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { authorization: "Bearer from", "content-type": "application/json", ...headers },
  });
  await expect(asked).rejects.toThrow();
  expect(await gone).toEqual([null, "SIGKILL"]);
  expect(await copiesOf(id)).toHaveLength(1);

  now = new Date(now.getTime() + 600_000);
  const again = await gateway.post("from", path, body, headers);
  expect(again.status, await again.clone().text()).toBe(202);
  const { messageId } = (await again.json()) as { messageId: string };
  expect(await copiesOf(id)).toEqual([messageId]);
  expect(again.headers.get("location")).toBe(`/v1/messages/${messageId}`);
  const replayed = await gateway.post("from", path, body, headers);
  expect(replayed.headers.get("idempotent-replayed")).toBe("true");

  const other = await gateway.post("from", path, body, { "idempotency-key": "another" });
  expect(other.status).toBe(202);
  expect(await copiesOf(id)).toHaveLength(2);
});

test("an answer that fails after the resend does not cause a second one", async () => {
  const id = await aDeadLetter();
  const failing = await failingGateway();
  const path = `/v1/messages/${id}/$resend`;
  const body = { reason: "modtageren bad om det" };
  const headers = { "idempotency-key": "failed" };
  expect((await failing.post(path, body, headers)).status).toBe(500);
  const again = await gateway.post("from", path, body, headers);
  expect(again.status).toBe(202);
  expect(await copiesOf(id)).toEqual([((await again.json()) as { messageId: string }).messageId]);
});

async function failingGateway() {
  const announce = () => {
    throw new Error("the announcer is broken");
  };
  const app = createApp({ ...gateway.deps, announce });
  const post = async (path: string, body: unknown, headers: Record<string, string>) =>
    await app.request(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { authorization: "Bearer from", "content-type": "application/json", ...headers },
    });
  return { post };
}

test("an endpoint is created once per Idempotency-Key, and its secret is returned again", async () => {
  const body = { name: "Én gang", transport: "webhook", address: "https://edi.example.org/in" };
  const headers = { "idempotency-key": "endpoint" };
  const editor = { ...gateway.from.key, scopes: ["endpoints:write"] as const };
  const app = createApp({ ...gateway.deps, findKey: async () => ({ state: "valid", actor: editor }) });
  const post = async () =>
    await app.request("/v1/endpoints", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { authorization: "Bearer x", "content-type": "application/json", ...headers },
    });
  const first = await post();
  expect(first.status, await first.clone().text()).toBe(201);
  const again = await post();
  expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
  expect(again.headers.get("etag")).toBe(first.headers.get("etag"));
  expect(await again.json()).toEqual(await first.json());
});

test("many messages are counted, then resent by one job, however often the request is repeated", async () => {
  await aDeadLetter();
  const filter = { state: "dead", messageType: "DIS01" };
  const path = "/v1/messages/$resend";
  const dryRun = await gateway.post("from", path, { filter, reason: "prøve", dryRun: true });
  expect(dryRun.status, await dryRun.clone().text()).toBe(200);
  const { willSend } = (await dryRun.json()) as { willSend: number };
  expect(willSend).toBeGreaterThan(0);
  const headers = { "idempotency-key": "many" };
  const started = await gateway.post("from", path, { filter, reason: "ny adresse" }, headers);
  expect(started.status).toBe(202);
  const job = (await started.json()) as { id: string };
  expect(job).toMatchObject({ state: "running", messages: willSend, waiting: willSend });
  expect(started.headers.get("location")).toBe(`/v1/resends/${job.id}`);
  const again = await gateway.post("from", path, { filter, reason: "ny adresse" }, headers);
  expect(await again.json()).toMatchObject({ id: job.id });
  expect((await gateway.ask("other", `/v1/resends/${job.id}`)).status).toBe(404);
  const stopped = await gateway.post("from", `/v1/resends/${job.id}/$stop`, { reason: "forkert" });
  expect(await stopped.json()).toMatchObject({ state: "stopped" });
  const none = await gateway.post("to", path, { filter, reason: "ikke afsender" });
  expect([none.status, ((await none.json()) as { code: string }).code]).toEqual([409, "nothing-to-resend"]);
  const empty = await gateway.post("from", path, { filter: {}, reason: "alt" });
  expect(empty.status).toBe(400);
});
