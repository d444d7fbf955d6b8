import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { takeFromMailbox } from "../deliveries/mailboxes.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { findEarlierAnswer } from "./idempotency.ts";

const now = new Date("2026-03-01T10:00:00Z");
const [sender, receiver] = ["5790000120420", "5790000128686"];
let db: Database;
let sendingKey: Actor;
let receivingKey: Actor;

beforeEach(async () => {
  db = await testDatabase();
  const [sending, receiving] = [await aVendor(db), await aVendor(db)];
  [sendingKey, receivingKey] = [sending.key, receiving.key];
  await aLocation(db, { gln: sender, supplierId: sending.supplierId });
  await aLocation(db, { gln: receiver, supplierId: receiving.supplierId });
  const endpoint = await anEndpoint(db, { supplierId: receiving.supplierId });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
});

const send = (
  bytes: Buffer,
  { idempotencyKey, actor = sendingKey }: { idempotencyKey: string; actor?: Actor },
) => acceptInterchange(createContext(db, actor, now), { bytes, idempotencyKey, gatewayParty: "SORGATEWAY" });
const pulled = async () => {
  const question = { gln: receiver, limit: 100, visibilityTimeoutSeconds: 60 };
  return (await takeFromMailbox(createContext(db, receivingKey, now), question)).length;
};

test("an Idempotency-Key makes a repeated request get the same answer without a second effect", async () => {
  const bytes = anInterchange({ sender, receiver });
  const first = await send(bytes, { idempotencyKey: "k1" });
  const again = await send(bytes, { idempotencyKey: "k1" });
  expect([first.isReplay, again.isReplay]).toEqual([false, true]);
  expect(again.interchange).toEqual(first.interchange);
  expect(await pulled()).toBe(1);
});

test("an Idempotency-Key identifies one request: another body with it is refused", async () => {
  await send(anInterchange({ sender, receiver }), { idempotencyKey: "k2" });
  await expect(send(anInterchange({ sender, receiver }), { idempotencyKey: "k2" })).rejects.toMatchObject({
    code: "invalid",
    details: { fault: "key-reused" },
  });
});

test("an Idempotency-Key of one API key is unrelated to the same text from another", async () => {
  const other = { ...sendingKey, id: "0190d0d0-0000-7000-8000-000000000001" } as Actor;
  await send(anInterchange({ sender, receiver }), { idempotencyKey: "k3" });
  const second = await send(anInterchange({ sender, receiver }), { idempotencyKey: "k3", actor: other });
  expect(second.isReplay).toBe(false);
});

test("an Idempotency-Key is in flight while another process holds it, and free again afterwards", async () => {
  const bytes = anInterchange({ sender, receiver });
  await db.transaction(async (tx) => {
    await findEarlierAnswer(tx, sendingKey, { key: "held", payloadName: "" });
    await expect(send(bytes, { idempotencyKey: "held" })).rejects.toMatchObject({
      ...{ code: "conflict", details: { fault: "in-flight" } },
    });
    expect((await send(anInterchange({ sender, receiver }), { idempotencyKey: "free" })).isReplay).toBe(
      false,
    );
  });
  expect((await send(bytes, { idempotencyKey: "held" })).isReplay).toBe(false);
  expect(await pulled()).toBe(2);
});

test("an Idempotency-Key sent twenty times concurrently is one submission; the others get in-flight or its answer", async () => {
  const bytes = anInterchange({ sender, receiver });
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () => send(bytes, { idempotencyKey: "k4" })),
  );
  const ids = new Set<string>();
  for (const answer of answers) {
    if (answer.status === "fulfilled") ids.add(answer.value.interchange.id);
    else expect(answer.reason).toMatchObject({ code: "conflict", details: { fault: "in-flight" } });
  }
  expect(ids.size).toBe(1);
  expect(await pulled()).toBe(1);
});
