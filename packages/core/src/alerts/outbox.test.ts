import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { aVendor, testDatabase } from "../testing/index.ts";
import {
  createAlertSubscription,
  getAlertSubscription,
  listAlertMessages,
  listAlertSubscriptions,
  markMailWaiting,
  NewAlertSubscription,
  raiseAlertSignal,
  recordAlertSending,
  takeAlertMessages,
  tendAlertOutbox,
  testAlertSubscription,
  unsubscribeFromAlerts,
  watchAlerts,
} from "./index.ts";
import { alertIncidents, alertMessages } from "./tables.ts";

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
  await takeAlertMessages(job(seconds), { limit: 100, leaseSeconds: 60, channels: ["mail", "webhook"] });

describe("a message to a receiver", () => {
  test("is taken again when its lease ends, the same but for its unsubscribe token; both tokens work", async () => {
    const { id } = await subscribed();
    await testAlertSubscription(as(vendor), { id });
    const [first] = await take(1);
    expect(await take(30)).toEqual([]);
    const [second] = await take(62);
    expect(second?.id).toBe(first?.id);
    expect(second?.content).toEqual(first?.content);
    const late = { message: first as never, outcome: { kind: "failed", error: "x" }, random: 0 } as const;
    await recordAlertSending(job(63), late);
    expect((await listAlertMessages(as(vendor), { id }))[0]).toMatchObject({ attempts: 0, state: "waiting" });
    await unsubscribeFromAlerts(job(64), { token: first?.unsubscribeToken ?? "" });
    expect((await getAlertSubscription(as(vendor), { id })).state).toBe("ended");
  });

  test("by mail says why it waits where there is no mail server, and expires after a day", async () => {
    const { id } = await subscribed({ channel: "mail", address: "vagt@example.dk" });
    const channels = ["webhook"] as const;
    expect(await takeAlertMessages(job(1), { limit: 9, leaseSeconds: 60, channels })).toEqual([]);
    expect(await markMailWaiting(job(2), "smtp-not-configured")).toBe(1);
    const [waiting] = await listAlertMessages(as(vendor), { id });
    expect(waiting).toMatchObject({
      state: "waiting",
      lastError: "smtp-not-configured",
      purpose: "confirmation",
    });
    await tendAlertOutbox(job(86_401), 13);
    expect((await listAlertMessages(as(vendor), { id }))[0]).toMatchObject({ state: "expired" });
    await tendAlertOutbox(job(8 * 86_400), 13);
    expect(await listAlertSubscriptions(as(vendor))).toEqual([]);
  });

  test("is gone from the records after the months that they are kept, with its incident", async () => {
    await subscribed();
    await raiseAlertSignal(job(0), { kind: "prune-failed", subject: "gateway", forSeconds: 10 });
    await watchAlerts(job(0));
    await watchAlerts(job(20));
    await watchAlerts(job(21));
    expect(await db.$count(alertIncidents, eq(alertIncidents.state, "closed"))).toBe(1);
    await tendAlertOutbox(job(14 * 31 * 86_400), 13);
    expect([await db.$count(alertIncidents), await db.$count(alertMessages)]).toEqual([0, 0]);
  });
});
