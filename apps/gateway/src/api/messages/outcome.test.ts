import type { Database } from "@sor/core";
import { anInterchange, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { preferredWait } from "../../streams/first-outcome.ts";
import { receiver, sender, twoVendors } from "../../testing/two-vendors.ts";

let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;

beforeAll(async () => {
  db = await testDatabase();
  gateway = await twoVendors(db);
});

test.each([
  ["wait=10", 10],
  ["respond-async, wait=5", 5],
  ["wait=99", 30],
  ['wait="3"; foo', 3],
  ["wait=ten", undefined],
  ["waiting=3", undefined],
  [undefined, undefined],
])("Prefer: %s gives a wait of %s", (prefer, seconds) => {
  expect(preferredWait(prefer)).toBe(seconds);
});

const post = (messages: { reference: string; version?: string }[], prefer: string) =>
  gateway.ask("from", "/v1/interchanges", {
    method: "POST",
    body: new Uint8Array(anInterchange({ sender, receiver, messages })),
    headers: { prefer },
  });
type Taken = { messages: { id: string; state: string }[] };

test("a waiting sender is answered when its message has arrived", async () => {
  const asked = post([{ reference: "W1" }], "wait=30");
  let ids: string[] = [];
  while (ids.length === 0) {
    const box = await gateway.ask("to", `/v1/mailboxes/${receiver}/messages`);
    ids = ((await box.json()) as { items: { id: string }[] }).items.map(({ id }) => id);
  }
  await gateway.post("to", `/v1/mailboxes/${receiver}/messages/$ack`, { ids });
  const answer = await asked;
  expect([answer.status, answer.headers.get("preference-applied")]).toEqual([202, "wait=30"]);
  expect(((await answer.json()) as Taken).messages).toMatchObject([{ state: "delivered" }]);
});

test("a waiting sender is answered at the timeout, and at once when every outcome is known", async () => {
  const late = await post([{ reference: "W2" }], "wait=1");
  expect(((await late.json()) as Taken).messages).toMatchObject([{ state: "queued" }]);
  const refused = await post([{ reference: "W3", version: "D9999L" }], "wait=30");
  expect(((await refused.json()) as Taken).messages).toMatchObject([{ state: "rejected" }]);
});

test("a receiver reports the outcome of a message, and cannot contradict it", async () => {
  const { messageIds } = await gateway.send();
  const path = `/v1/messages/${messageIds[0]}/receipts`;
  const told = await gateway.post("to", path, { outcome: "negative", reason: "NC", text: "Ukendt afsnit" });
  expect(await told.json()).toMatchObject({ state: "receipted-negative", isRepeated: false });
  const opposite = await gateway.post("to", path, { outcome: "positive" });
  expect([opposite.status, ((await opposite.json()) as { code: string }).code]).toEqual([
    409,
    "receipt-contradicts",
  ]);
  const odd = await gateway.post("to", path, { outcome: "positive", text: "men" });
  expect(odd.status).toBe(400);
  const box = await gateway.ask("from", `/v1/mailboxes/${sender}/messages`);
  const { items } = (await box.json()) as { items: { messages: { messageType: string }[] }[] };
  expect(items.flatMap(({ messages }) => messages.map(({ messageType }) => messageType))).toContain("CTL02");
});
