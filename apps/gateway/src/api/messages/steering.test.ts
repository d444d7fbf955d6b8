import type { Database } from "@sor/core";
import { testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { receiver, refuseAll, twoVendors } from "../../testing/two-vendors.ts";

let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;
const reason = "rettet hos modtageren";
const dis01 = (reference: string) => ({ messages: [{ reference, type: "DIS01", version: "D0134L" }] });

beforeAll(async () => {
  db = await testDatabase();
  gateway = await twoVendors(db);
});

async function aDeadLetter(reference: string) {
  const { messageIds } = await gateway.send(dis01(reference));
  await refuseAll(db, gateway.deps.clock());
  return messageIds[0] ?? "";
}

test("a message is rerouted once, however often the same request is repeated", async () => {
  const id = await aDeadLetter("R1");
  const path = `/v1/messages/${id}/$reroute`;
  const body = { endpointId: gateway.mailbox, reason };
  const first = await gateway.post("to", path, body, { "idempotency-key": "once" });
  expect(first.status, await first.clone().text()).toBe(200);
  const answer = await first.json();
  expect(answer).toMatchObject({ id, state: "queued", endpointId: gateway.mailbox, isNewEnvelope: true });
  const again = await gateway.post("to", path, body, { "idempotency-key": "once" });
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(await again.json()).toEqual(answer);
  const other = await gateway.post(
    "to",
    path,
    { ...body, reason: "noget andet" },
    { "idempotency-key": "once" },
  );
  expect(other.status).toBe(422);
  const asked = await gateway.post("to", path, body);
  expect([asked.status, ((await asked.json()) as { code: string }).code]).toEqual([409, "no-such-way"]);
});

test("a refusal is not stored: the corrected request succeeds under the same key", async () => {
  const { messageIds } = await gateway.send();
  const path = `/v1/messages/${messageIds[0]}/$release`;
  const key = { "idempotency-key": "release" };
  expect((await gateway.post("to", path, { reason }, key)).status).toBe(409);
  const held = await gateway.post("to", `/v1/messages/${messageIds[0]}/$hold`, { reason });
  expect(await held.json()).toMatchObject({ state: "held", reason: "quarantine" });
  const others = await gateway.post("from", path, { reason });
  expect([others.status, ((await others.json()) as { code: string }).code]).toEqual([
    409,
    "held-by-other-side",
  ]);
  expect(await (await gateway.post("to", path, { reason }, key)).json()).toMatchObject({ isReleased: true });
});

test("what the receiver holds back is sent by no step of the sender, and then released by the receiver", async () => {
  const { messageIds } = await gateway.send();
  const [id] = messageIds;
  await gateway.post("to", `/v1/messages/${id}/$hold`, { reason });
  const refused = async (path: string, body: object = { reason }) => {
    const answer = await gateway.post("from", path, body);
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  const held = [409, "held-by-other-side"];
  expect(await refused(`/v1/messages/${id}/$release`)).toEqual(held);
  expect(await refused(`/v1/messages/${id}/$reroute`)).toEqual(held);
  expect((await gateway.post("from", `/v1/messages/${id}/$cancel`, { reason })).status).toBe(200);
  const copy = await gateway.post("from", `/v1/messages/${id}/$resend`, { reason });
  const { messageId: copyId, state } = (await copy.json()) as { messageId: string; state: string };
  expect(state).toBe("held");
  expect(await refused(`/v1/messages/${copyId}/$release`)).toEqual(held);
  const inMailbox = async () => {
    const answer = await gateway.ask("to", `/v1/mailboxes/${receiver}/messages?visibilityTimeoutSeconds=0`);
    return ((await answer.json()) as { items: unknown[] }).items.length;
  };
  const before = await inMailbox();
  expect((await gateway.post("to", `/v1/messages/${copyId}/$release`, { reason })).status).toBe(200);
  expect(await inMailbox()).toBe(before + 1);
});

test("a message whose release needs two persons is released by no key, and neither is its copy", async () => {
  const { messageIds } = await gateway.send();
  const [id] = messageIds;
  await gateway.post("from", `/v1/messages/${id}/$hold`, { reason, takesTwo: true });
  const code = async (path: string) =>
    ((await (await gateway.post("from", path, { reason })).json()) as { code: string }).code;
  expect(await code(`/v1/messages/${id}/$release`)).toBe("person-needed");
  expect(await code(`/v1/messages/${id}/$reroute`)).toBe("second-person-needed");
  expect(await code(`/v1/approvals/${id}/$decline`)).toBe("nothing-to-approve");
  const { items } = (await (await gateway.ask("from", "/v1/approvals")).json()) as { items: unknown[] };
  expect(items).toMatchObject([{ message: { id }, waitsFor: "first" }]);
  await gateway.post("from", `/v1/messages/${id}/$cancel`, { reason });
  const copy = await gateway.post("from", `/v1/messages/${id}/$resend`, { reason });
  expect(await copy.json()).toMatchObject({ state: "held" });
});

test("a group of dead letters is counted first, then given up", async () => {
  await aDeadLetter("G1");
  await aDeadLetter("G2");
  const list = await gateway.ask("to", "/v1/dead-letters");
  const { items } = (await list.json()) as { items: Record<string, unknown>[] };
  expect(items).toMatchObject([{ reason: "receiver-refused", receiver, messageType: "DIS01", count: 2 }]);
  const group = { reason: "receiver-refused", receiver, messageType: "DIS01" };
  const dryRun = await gateway.post("to", "/v1/dead-letters/$discard", { group, reason, dryRun: true });
  expect(await dryRun.json()).toEqual({ matched: 2, done: 2, refused: {}, remaining: 0 });
  const done = await gateway.post("to", "/v1/dead-letters/$discard", { group, reason });
  expect(await done.json()).toEqual({ matched: 2, done: 2, refused: {}, remaining: 0 });
});

test("a list links to its next page with the whole query in the link", async () => {
  for (const reference of ["P1", "P2", "P3"]) await gateway.send({ messages: [{ reference }] });
  let path: string | undefined = `/v1/messages?receiver=${receiver}&messageType=DIS91&limit=2`;
  const seen: string[] = [];
  while (path) {
    const page = await gateway.ask("from", path);
    const { items } = (await page.json()) as { items: { id: string }[] };
    seen.push(...items.map(({ id }) => id));
    path = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
  }
  expect(seen.length).toBeGreaterThanOrEqual(3);
  expect(new Set(seen).size).toBe(seen.length);
});

test("a list is counted on request, its own side only, with the same total on every page", async () => {
  const path = `/v1/messages?receiver=${receiver}&messageType=DIS91&limit=1`;
  type Counted = { total?: number; isTotalLeast?: boolean; next: string };
  const page = async (key: string, more: string) =>
    (await (await gateway.ask(key, path + more)).json()) as Counted;
  const plain = await page("from", "");
  expect(plain).not.toHaveProperty("total");
  const exact = await page("from", "&count=exact");
  const listed = await gateway.ask("from", path.replace("limit=1", "limit=1000"));
  const { items } = (await listed.json()) as { items: unknown[] };
  expect(exact).toMatchObject({ total: items.length, isTotalLeast: false });
  expect(items.length).toBeGreaterThan(1);
  const second = await page("from", `&count=estimate&after=${exact.next}`);
  expect(second.total).toBe(items.length);
  expect((await page("other", "&count=exact")).total).toBe(0);
  expect((await gateway.ask("from", `${path}&count=all`)).status).toBe(400);
});

test("interchanges are counted in the same way, and link to the next page with the whole query", async () => {
  const path = `/v1/interchanges?receiver=${receiver}&messageType=DIS91&limit=2`;
  const all = await gateway.ask("from", path.replace("limit=2", "limit=1000"));
  const { items } = (await all.json()) as { items: { id: string }[] };
  expect(items.length).toBeGreaterThan(2);
  const first = await gateway.ask("from", `${path}&count=exact`);
  expect(await first.json()).toMatchObject({ total: items.length, isTotalLeast: false });
  const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  const second = (await (await gateway.ask("from", next)).json()) as { items: unknown[]; total: number };
  expect(second).toMatchObject({ items: items.slice(2, 4), total: items.length });
  const others = await gateway.ask("other", `${path}&count=estimate`);
  expect(await others.json()).toMatchObject({ total: 0, isTotalLeast: false });
  expect(await (await gateway.ask("from", path)).json()).not.toHaveProperty("total");
});

test("a search has its keys in the body", async () => {
  const { messageIds } = await gateway.send({ reference: "SEARCHED", messages: [{ reference: "S1" }] });
  const found = await gateway.post("to", "/v1/messages/$search", { keys: ["SEARCHED", "NOTHING"] });
  expect(await found.json()).toMatchObject({
    ...{ items: [{ id: messageIds[0], controlReference: "SEARCHED" }], next: null, notFound: ["NOTHING"] },
  });
});

test("a negative receipt has a reason, and is not sent again with another", async () => {
  const { messageIds } = await gateway.send();
  const path = `/v1/messages/${messageIds[0]}/receipts`;
  const wordless = await gateway.post("to", path, { outcome: "negative" });
  expect([wordless.status, await wordless.json()]).toMatchObject([
    400,
    { errors: [{ detail: "en negativ kvittering siger hvorfor: reason, text eller begge" }] },
  ]);
  const said = { outcome: "negative", text: "Ukendt afsnit" };
  expect(await (await gateway.post("to", path, said)).json()).toMatchObject({ isRepeated: false });
  expect(await (await gateway.post("to", path, said)).json()).toMatchObject({ isRepeated: true });
  const other = await gateway.post("to", path, { ...said, text: "Et andet" });
  expect([other.status, await other.json()]).toMatchObject([409, { code: "receipt-given" }]);
});

test("ids in upper case are the same ids, in lists, in the body and in the answer", async () => {
  const id = await aDeadLetter("CAPITALS");
  const ids = [id, id.toUpperCase()];
  const dryRun = await gateway.post("from", "/v1/messages/$resend", { ids, reason, dryRun: true });
  expect(await dryRun.json()).toMatchObject({ matched: 1, willSend: 1, leftOut: [] });
  const found = await gateway.post("from", "/v1/messages/$search", { keys: [id.toUpperCase()] });
  expect(await found.json()).toMatchObject({ items: [{ id }], notFound: [] });
  const listed = await gateway.ask("from", `/v1/messages?keys=${id.toUpperCase()}`);
  expect(await listed.json()).toMatchObject({ items: [{ id }] });
  const endpointId = gateway.mailbox.toUpperCase();
  const rerouted = await gateway.post("to", `/v1/messages/${id.toUpperCase()}/$reroute`, {
    ...{ endpointId, reason },
  });
  expect(await rerouted.json()).toMatchObject({ id, endpointId: gateway.mailbox });
  const dead = await aDeadLetter("CAPITALS2");
  const retried = await gateway.post("to", "/v1/dead-letters/$retry", { id: dead.toUpperCase(), reason });
  expect(await retried.json()).toMatchObject({ id: dead, state: "queued" });
});
