import { beforeEach, expect, test } from "vitest";
import { createAlertSubscription, NewAlertSubscription, removeAlertSubscription } from "../alerts/index.ts";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { takeMessages, tendOutbox } from "../outbox/index.ts";
import { aVendor, testDatabase } from "../testing/index.ts";
import { subscriptionConfirmations } from "./tables.ts";

const start = new Date("2026-03-02T10:00:00Z");
const hour = 3600;
let db: Database;
let vendor: Awaited<ReturnType<typeof aVendor>>;
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const job = (seconds: number) => createContext(db, { kind: "system", job: "alerts" }, at(seconds));

beforeEach(async () => {
  db = await testDatabase();
  vendor = await aVendor(db);
});

async function subscribe(address: string, seconds = 0, by = vendor, name = "Vagten"): Promise<string> {
  const ctx = createContext(db, { ...by.key, scopes: ["alerts:write"] }, at(seconds));
  const fields = NewAlertSubscription.parse({ supplierId: by.supplierId, channel: "mail", address, name });
  const { subscription } = await createAlertSubscription(ctx, fields);
  await removeAlertSubscription(ctx, subscription);
  return subscription.id;
}
const tooMany = { code: "too-many", details: { retryAfterSeconds: 86_400 } };

test("one supplier can send a stranger three confirmations a day, however often the receiver is removed and added", async () => {
  await subscribe("victim@example.dk");
  await subscribe("Victim@example.dk", 1);
  await subscribe("victim+tag@example.dk", 2);
  await expect(subscribe("victim@example.dk", 3)).rejects.toMatchObject(tooMany);
  await expect(subscribe("VICTIM+other@example.dk", 4)).rejects.toMatchObject(tooMany);
  await subscribe("other@example.dk", 5);
  await subscribe("victim@example.dk", 25 * hour);
});

test("and all suppliers together six", async () => {
  for (let count = 0; count < 6; count += 1) await subscribe("victim@example.dk", count, await aVendor(db));
  await expect(subscribe("victim@example.dk", 7)).rejects.toMatchObject(tooMany);
});

test("a supplier can send twenty a day to any addresses, also when they are requested concurrently", async () => {
  const asked = Array.from({ length: 25 }, (_, at) => subscribe(`somebody${at}@example.dk`));
  const settled = await Promise.allSettled(asked);
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
  await subscribe("somebody@example.dk", 0, await aVendor(db));
});

test("a supplier has one receiver for a mail address however it is written, and may have it again once that one is gone", async () => {
  const create = async (address: string, by = vendor) => {
    const ctx = createContext(db, { ...by.key, scopes: ["alerts:write"] }, start);
    const given = { supplierId: by.supplierId, channel: "mail", address, name: "Vagten" };
    return (await createAlertSubscription(ctx, NewAlertSubscription.parse(given))).subscription;
  };
  const settled = await Promise.allSettled(["DUP@Example.dk", "dup@example.dk"].map((one) => create(one)));
  const [refused] = settled.filter((one) => one.status === "rejected");
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(refused?.reason).toMatchObject({ code: "conflict", details: { fault: "address-taken" } });
  await create("dup@example.dk", await aVendor(db));
  await create("dup+nat@example.dk");
  await db.$client.query("update subscriptions set state = 'ended', address = null");
  await create("Dup@example.dk");
});

test("names the requester as in the register, without any text by the requester", async () => {
  const ctx = createContext(db, { ...vendor.key, scopes: ["alerts:write"] }, start);
  const name = "Your account is blocked: https://evil.example/login";
  const wanted = { supplierId: vendor.supplierId, channel: "mail", address: "victim@example.dk", name };
  await createAlertSubscription(ctx, NewAlertSubscription.parse(wanted));
  const [mail] = await takeMessages(job(1), { limit: 9, leaseSeconds: 60, channels: ["mail"] });
  expect(mail?.purpose).toBe("confirmation");
  expect(mail?.content.text).toContain(vendor.key.name);
  expect(JSON.stringify(mail?.content)).not.toContain("evil");
});

test("requests are deleted after a month, and do not reveal the address before", async () => {
  await subscribe("victim@example.dk");
  const [row] = await db.select().from(subscriptionConfirmations);
  expect(row?.addressHash).toMatch(/^[0-9a-f]{64}$/);
  await tendOutbox(job(32 * 24 * hour), 13);
  expect(await db.$count(subscriptionConfirmations)).toBe(0);
});
