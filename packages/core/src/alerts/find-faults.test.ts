import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { recordAttempt, takeDeliveries } from "../deliveries/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { acceptInterchange } from "../intake/index.ts";
import { deliveries, endpointQueues, messages } from "../messages/tables.ts";
import { addNoticeUpdate, createNotice } from "../status/index.ts";
import { cancelMessage, holdMessage } from "../steering/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { findFaults } from "./find-faults.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
const now = new Date("2026-03-02T10:00:00Z");
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
let db: Database;
let from: Awaited<ReturnType<typeof aVendor>>;
let to: Awaited<ReturnType<typeof aVendor>>;
let endpointId: string;

beforeEach(async () => {
  db = await testDatabase();
  [from, to] = [await aVendor(db), await aVendor(db)];
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  endpointId = await anEndpoint(db, { supplierId: to.supplierId, address: "https://edi.example.dk/in" });
  await receives(db, receiver, endpointId, [["DIS91", "D9134L"]]);
});

async function send(acknowledgement: "0" | "1" = "0"): Promise<string> {
  const ctx = createContext(db, from.key, now);
  const bytes = anInterchange({ sender, receiver, acknowledgement });
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  return interchange.messages[0]?.id ?? "";
}
const found = async (minutes: number) =>
  (await findFaults(db, inMinutes(minutes))).map(({ kind, subject, facts }) => ({ kind, subject, facts }));
const set = async (id: string, values: Partial<typeof messages.$inferInsert>) =>
  await db.update(messages).set(values).where(eq(messages.id, id));

test("nothing is wrong with a message that was just accepted", async () => {
  await send();
  expect(await found(1)).toEqual([]);
});

test("a queue is old after a quarter of an hour, unless its endpoint is down or paused", async () => {
  await send();
  const old = {
    kind: "queue-old",
    subject: `endpoint:${endpointId}`,
    facts: { waiting: 1, oldest: now.toISOString() },
  };
  expect(await found(14)).toEqual([]);
  expect(await found(16)).toEqual([old]);
  await db.update(endpointQueues).set({ failuresInRow: 5 }).where(eq(endpointQueues.endpointId, endpointId));
  expect((await found(16)).map(({ kind }) => kind)).toEqual(["endpoint-down"]);
  await db.update(endpoints).set({ state: "paused", pausedUntil: inMinutes(60) });
  expect(await found(16)).toEqual([]);
  expect((await found(61)).map(({ kind }) => kind)).toEqual(["endpoint-down"]);
});

describe("the head of a line", () => {
  const system = { kind: "system", job: "test" } as const;
  const question = { limit: 5, leaseSeconds: 60, perEndpoint: 5, worker: "w" };
  const fail = async (minutes: number) => {
    const ctx = createContext(db, system, inMinutes(minutes));
    const [delivery] = await takeDeliveries(ctx, question);
    if (!delivery) throw new Error("nothing was taken");
    const made = { startedAt: ctx.now, latencyMilliseconds: 1, responseExcerpt: null, worker: "w" };
    const outcome = { kind: "failed", status: 503 } as const;
    await recordAttempt(ctx, { delivery, outcome, ...made, random: 0, gatewayParty: "SORGATEWAY" });
  };
  const standing = (facts: object) => [
    { kind: "head-of-line", subject: `endpoint:${endpointId}`, facts: { lines: 1, waiting: 2, ...facts } },
  ];

  beforeEach(async () => {
    await db.update(endpoints).set({ isOrdered: true });
  });

  test("is a fault when it has failed for ten minutes while others wait behind it, until it leaves", async () => {
    const first = await send();
    await fail(1);
    await fail(2);
    expect(await found(12)).toEqual([]);
    await send();
    await send();
    expect(await found(10)).toEqual([]);
    expect(await found(11)).toEqual(standing({ since: inMinutes(1).toISOString() }));
    expect((await found(16)).map(({ kind }) => kind)).toEqual(["head-of-line"]);
    await db.update(endpoints).set({ state: "paused" });
    expect(await found(11)).toEqual([]);
    await db.update(endpoints).set({ state: "active", isOrdered: false });
    expect(await found(11)).toEqual([]);
    await db.update(endpoints).set({ isOrdered: true });
    await cancelMessage(createContext(db, from.key, inMinutes(12)), { id: first, reason: "Prøve" });
    expect((await found(13)).map(({ kind }) => kind)).toEqual([]);
  });

  test("is a fault when a user has held it for ten minutes", async () => {
    const [first] = [await send(), await send(), await send()];
    await holdMessage(createContext(db, from.key, inMinutes(3)), { id: first, reason: "Prøve" });
    expect(await found(12)).toEqual([]);
    expect(await found(13)).toEqual(standing({ since: inMinutes(3).toISOString() }));
  });

  test("that waits for its turn is not a fault, nor is one whose endpoint is down", async () => {
    for (let n = 0; n < 3; n += 1) await send();
    expect(await found(14)).toEqual([]);
    await fail(1);
    await db.update(endpointQueues).set({ failuresInRow: 5 });
    expect((await found(14)).map(({ kind }) => kind)).toEqual(["endpoint-down"]);
  });
});

test("a mailbox is old after a day", async () => {
  await db.update(endpoints).set({ transport: "mailbox", address: null });
  await send();
  await db.update(deliveries).set({ transport: "mailbox" });
  expect(await found(60 * 23)).toEqual([]);
  expect((await found(60 * 25)).map(({ kind }) => kind)).toEqual(["queue-old"]);
});

test("dead letters are each side's own, with counts of sent and received ones", async () => {
  for (const id of [await send(), await send()]) await set(id, { state: "dead", reason: "receiver-refused" });
  const dead = (await found(1)).sort((a) => (a.subject === `supplier:${from.supplierId}` ? -1 : 1));
  expect(dead).toEqual([
    { kind: "dead-letters", subject: `supplier:${from.supplierId}`, facts: { sent: 2, received: 0 } },
    { kind: "dead-letters", subject: `supplier:${to.supplierId}`, facts: { sent: 0, received: 2 } },
  ]);
});

test("a missing receipt is a fault of both sides for a week after it was reported", async () => {
  const id = await send("1");
  await set(id, { state: "delivered", deadlineAt: null });
  await db.update(deliveries).set({ state: "done" });
  expect((await found(1)).map(({ kind }) => kind)).toEqual(["receipts-overdue", "receipts-overdue"]);
  expect(await found(60 * 24 * 8)).toEqual([]);
});

test("a message that is in a state longer than allowed is the gateway's own fault", async () => {
  const id = await send();
  await db.update(deliveries).set({ state: "done" });
  await set(id, { state: "delivering" });
  expect(await found(15)).toEqual([]);
  expect(await found(17)).toEqual([{ kind: "messages-overdue", subject: "gateway", facts: { overdue: 1 } }]);
  await db.update(deliveries).set({ transport: "mailbox" });
  expect(await found(17)).toEqual([]);
});

test("a certificate is a fault thirty days before it expires, and a serious one in its last three", async () => {
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
  const set = async (days: number) => await db.update(endpoints).set({ certificateExpiresAt: inDays(days) });
  await set(31);
  expect(await found(0)).toEqual([]);
  await set(29.5);
  expect(await findFaults(db, now)).toMatchObject([
    { kind: "certificate-expiring", facts: { daysLeft: 29 } },
  ]);
  expect((await findFaults(db, now))[0]).not.toHaveProperty("severity");
  await set(2.5);
  expect(await findFaults(db, now)).toMatchObject([{ severity: "serious", facts: { daysLeft: 2 } }]);
});

test("a promised update that has not come is a fault of the authority until there is one", async () => {
  const ctx = createContext(db, { kind: "system", job: "test" }, now);
  const noticeId = await createNotice(ctx, {
    ...{ kind: "incident", title: "Langsomt", text: "Vi undersøger.", state: "investigating", priority: 1 },
    ...{ services: ["portal"], nextUpdateBy: inMinutes(30) },
  });
  const ofNotices = async (minutes: number) =>
    (await found(minutes)).filter(({ kind }) => kind === "notice-overdue").map(({ subject }) => subject);
  expect(await ofNotices(29)).toEqual([]);
  expect(await ofNotices(30)).toEqual([`notice:${noticeId}`]);
  await addNoticeUpdate(createContext(db, ctx.actor, inMinutes(31)), {
    ...{ noticeId, state: "identified", text: "Fundet.", nextUpdateBy: inMinutes(60) },
  });
  expect(await ofNotices(59)).toEqual([]);
});
