import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/index.ts";
import { acceptInterchange } from "../intake/index.ts";
import { getMessage, readInterchangePayload } from "../messages/index.ts";
import { deliveries, interchanges, messages, seenReferences } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { tendDeliveries } from "../redirection/index.ts";
import { resendMessage } from "../steering/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  lockWaits,
  receives,
  testDatabase,
  untilLockWaits,
} from "../testing/index.ts";
import { payloads } from "../vault/tables.ts";
import { rotatePayloadKeys } from "./index.ts";
import { prune } from "./prune.ts";
import { defaultRetention } from "./retention.ts";

const start = new Date("2026-01-01T10:00:00Z");
const [sender, receiver] = ["5790000120420", "5790000128686"];
const gatewayParty = "SORGATEWAY";
let db: Database;
let from: Actor;
let to: Actor;
const on = (day: number, actor: Actor = { kind: "system", job: "test" }) =>
  createContext(db, actor, new Date(start.getTime() + day * 86_400_000));
const tend = (day: number) => tendDeliveries(on(day), { gatewayParty, limit: 100 });
const prunedPayloads = async (day: number) =>
  (await prune(on(day), { retention: defaultRetention })).find(({ kind }) => kind === "payloads")?.removed;
const fetch = (day: number, actor: Actor, gln: string) =>
  takeFromMailbox(on(day, actor), { gln, limit: 100, visibilityTimeoutSeconds: 60 });
const bytes = anInterchange({ sender, receiver, reference: "FIRST1", messages: [{ reference: "M1" }] });
const send = async (day: number) =>
  (await acceptInterchange(on(day, from), { bytes, gatewayParty })).interchange;
let id: string;

beforeEach(async () => {
  db = await testDatabase();
  const [sending, receiving] = [await aVendor(db), await aVendor(db)];
  [from, to] = [sending.key, receiving.key];
  await aLocation(db, { gln: sender, supplierId: sending.supplierId });
  await aLocation(db, { gln: receiver, supplierId: receiving.supplierId });
  const endpoint = await anEndpoint(db, { supplierId: receiving.supplierId });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
  id = (await send(0)).messages[0]?.id ?? "";
});

test("the sender is notified of an expired copy by the original ids, even when the original content is pruned", async () => {
  const entries = await fetch(0, to, receiver);
  await acknowledgeMailbox(on(0, to), { gln: receiver, ids: entries.map((entry) => entry.id) });
  const { messageId } = await resendMessage(on(89, from), { id, reason: "en gang til" });
  expect(await prunedPayloads(91)).toBe(1);
  expect(await tend(95)).toMatchObject({ expired: 1 });
  expect((await getMessage(on(95, from), { id: messageId })).state).toBe("expired");
  const [told] = await fetch(95, from, sender);
  const receipt = await readFromMailbox(on(95, from), { gln: sender, id: told?.id ?? "" });
  expect(receipt.bytes.toString("latin1")).toMatch(/UCI\+FIRST1\+/);
});

test("the content of a neglected dead letter is pruned like all other content", async () => {
  await db.update(deliveries).set({ state: "dead" });
  await db.update(messages).set({ state: "dead", deadlineAt: on(1).now });
  await tend(2);
  expect((await getMessage(on(2, from), { id })).state).toBe("expired");
  expect(await prunedPayloads(91)).toBe(1);
});

test("unencrypted content is kept when the same content, stored since, is pruned while it is being encrypted", async () => {
  const name = createHash("sha256").update(bytes).digest("hex");
  await db.update(payloads).set({ sha256: name, bytes, masterKeyId: null, wrappedKey: null });
  await db.update(interchanges).set({ payloadSha256: name, receivedAt: on(80).now });
  await db.update(deliveries).set({ payloadSha256: name });
  await db.delete(seenReferences);
  await send(0);
  await db.update(messages).set({ state: "delivered" });
  await db.update(deliveries).set({ state: "done" });
  const [old] = await db.select().from(interchanges).where(eq(interchanges.payloadSha256, name));
  const { rotating, pruning } = await db.transaction(async (tx) => {
    await tx.select().from(deliveries).where(eq(deliveries.payloadSha256, name)).for("update");
    const rotating = rotatePayloadKeys(on(91), { limit: 10 });
    await untilLockWaits(db, 1);
    let isPruned = false;
    const pruning = prunedPayloads(91).finally(() => {
      isPruned = true;
    });
    await expect.poll(async () => isPruned || (await lockWaits(db)) === 2, { timeout: 30_000 }).toBe(true);
    return { rotating, pruning };
  });
  expect(await rotating).toMatchObject({ encrypted: 1 });
  expect(await pruning).toBe(1);
  const read = await readInterchangePayload(on(91, from), { id: old?.id ?? "" });
  expect(read.bytes.equals(bytes)).toBe(true);
});
