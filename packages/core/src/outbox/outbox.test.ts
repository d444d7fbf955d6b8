import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import {
  createAlertSubscription,
  getAlertSubscription,
  listAlertMessages,
  listAlertSubscriptions,
  NewAlertSubscription,
  packAlertMessages,
  raiseAlertSignal,
  tendAlerts,
  testAlertSubscription,
  unsubscribeFromAlerts,
  watchAlerts,
} from "../alerts/index.ts";
import { alertIncidents } from "../alerts/tables.ts";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { endpointQueues } from "../messages/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { anEndpoint, aVendor, testDatabase, untilLockWaits } from "../testing/index.ts";
import { markMailWaiting, recordSending, takeMessages, tendOutbox } from "./index.ts";
import { outboxEvents, outboxMessages } from "./tables.ts";

const start = new Date("2026-03-02T10:00:00Z");
let db: Database;
let vendor: Awaited<ReturnType<typeof aVendor>>;
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const job = (seconds: number) => createContext(db, { kind: "system", job: "alerts" }, at(seconds));
const as = (who: typeof vendor) =>
  createContext(db, { ...who.key, scopes: ["alerts:read", "alerts:write"] }, start);

beforeEach(async () => {
  db = await testDatabase();
  vendor = await aVendor(db);
});

async function subscribed(more: Partial<NewAlertSubscription> = {}) {
  const wanted = NewAlertSubscription.parse({
    supplierId: vendor.supplierId,
    channel: "webhook",
    address: "https://ops.example.dk/alerts",
    name: "Vagten",
    ...more,
  });
  return (await createAlertSubscription(as(vendor), wanted)).subscription;
}
const take = async (seconds: number) =>
  await takeMessages(job(seconds), { limit: 100, leaseSeconds: 60, channels: ["mail", "webhook"] });

describe("a message to a receiver", () => {
  test("is taken again when its lease expires, the same but for its unsubscribe token; both tokens work", async () => {
    const { id } = await subscribed();
    await testAlertSubscription(as(vendor), { id });
    const [first] = await take(1);
    expect(await take(30)).toEqual([]);
    const [second] = await take(62);
    expect(second?.id).toBe(first?.id);
    expect(second?.content).toEqual(first?.content);
    const late = { message: first as never, outcome: { kind: "failed", error: "x" }, random: 0 } as const;
    await recordSending(job(63), late);
    expect((await listAlertMessages(as(vendor), { id }))[0]).toMatchObject({ attempts: 0, state: "waiting" });
    await unsubscribeFromAlerts(job(64), { token: first?.unsubscribeToken ?? "" });
    expect((await getAlertSubscription(as(vendor), { id })).state).toBe("ended");
  });

  test("by mail has a reason for waiting where there is no mail server, and expires after a day", async () => {
    const { id } = await subscribed({ channel: "mail", address: "vagt@example.dk" });
    const channels = ["webhook"] as const;
    expect(await takeMessages(job(1), { limit: 9, leaseSeconds: 60, channels })).toEqual([]);
    expect(await markMailWaiting(job(2), "smtp-not-configured")).toBe(1);
    const [waiting] = await listAlertMessages(as(vendor), { id });
    expect(waiting).toMatchObject({
      state: "waiting",
      lastError: "smtp-not-configured",
      purpose: "confirmation",
    });
    await tendOutbox(job(86_401), 13);
    expect((await listAlertMessages(as(vendor), { id }))[0]).toMatchObject({ state: "expired" });
    await tendOutbox(job(8 * 86_400), 13);
    expect(await listAlertSubscriptions(as(vendor))).toEqual([]);
  });

  test("is deleted after the configured months, with its incident", async () => {
    await subscribed();
    await raiseAlertSignal(job(0), { kind: "prune-failed", subject: "gateway", forSeconds: 10 });
    await watchAlerts(job(0));
    await watchAlerts(job(20));
    await watchAlerts(job(21));
    expect(await db.$count(alertIncidents, eq(alertIncidents.state, "closed"))).toBe(1);
    for (const tend of [tendAlerts, tendOutbox]) await tend(job(14 * 31 * 86_400), 13);
    expect([await db.$count(alertIncidents), await db.$count(outboxMessages)]).toEqual([0, 0]);
  });
});

test("each receiver is notified once, however many processes pack repeatedly", async () => {
  const receivers = 20;
  for (let count = 0; count < receivers; count += 1) await subscribed();
  const endpointId = await anEndpoint(db, {
    supplierId: vendor.supplierId,
    address: "https://edi.example.dk/in",
  });
  await db.insert(endpointQueues).values({ endpointId, failuresInRow: 5, firstFailureAt: start });
  for (const seconds of [0, 60]) await watchAlerts(job(seconds));
  for (let round = 1; round <= 10; round += 1) {
    await db.update(outboxEvents).set({ messageId: null });
    const ctx = job(130 + round * 3600);
    let made = 0;
    const packing = async () => {
      for (let idle = 0; idle < 5; ) {
        const now = await packAlertMessages(ctx, { portalOrigin: "https://sor.example.org", limit: 100 });
        made += now;
        idle = now > 0 || made < receivers ? 0 : idle + 1;
      }
    };
    await Promise.all(Array.from({ length: 6 }, packing));
    expect([made, await db.$count(outboxMessages)]).toEqual([receivers, round * receivers]);
  }
});

test.each(["sent", "unsubscribed"] as const)(
  "recording that a message was %s waits for a pause of its receiver, without a deadlock",
  async (what) => {
    const { id } = await subscribed();
    await testAlertSubscription(as(vendor), { id });
    const [message] = await take(1);
    if (!message) throw new Error("nothing was taken");
    const noting = await db.transaction(async (tx) => {
      await tx.select().from(subscriptions).where(eq(subscriptions.id, id)).for("update");
      const done =
        what === "sent"
          ? recordSending(job(2), { message, outcome: { kind: "sent" }, random: 0 })
          : unsubscribeFromAlerts(job(2), { token: message.unsubscribeToken });
      await untilLockWaits(db, 1);
      await tx.update(outboxMessages).set({ state: "cancelled" });
      return { done };
    });
    await noting.done;
    expect((await listAlertMessages(as(vendor), { id }))[0]).toMatchObject({ state: "cancelled" });
  },
);

test("the limit of receivers also holds when they are added concurrently", async () => {
  for (let count = 0; count < 48; count += 1) await subscribed();
  const asked = await Promise.allSettled(Array.from({ length: 9 }, () => subscribed()));
  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
});

test("a supplier that tests endlessly has its share of the slots, and others are served before it has all of them", async () => {
  const { id } = await subscribed();
  for (let count = 0; count < 10; count += 1) await testAlertSubscription(as(vendor), { id });
  const other = await aVendor(db);
  const wanted = {
    supplierId: other.supplierId,
    channel: "webhook",
    address: "https://ops.example.dk/b",
    name: "B",
  };
  const created = await createAlertSubscription(as(other), NewAlertSubscription.parse(wanted));
  await testAlertSubscription(as(other), { id: created.subscription.id });
  const question = { limit: 4, leaseSeconds: 60, channels: ["mail", "webhook"] } as const;
  const places = { rule: { limit: 4, share: 0.5 }, held: new Map<string, number>() };
  const taken = await takeMessages(job(1), { ...question, places });
  expect(taken.map(({ holder }) => holder).sort()).toEqual([vendor.supplierId, other.supplierId].sort());
  const held = new Map([[vendor.supplierId, 2]]);
  expect(await takeMessages(job(1), { ...question, places: { ...places, held } })).toEqual([]);
});
