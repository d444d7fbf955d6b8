import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { endpointQueues } from "../messages/tables.ts";
import { recordSending, takeMessages } from "../outbox/index.ts";
import { outboxEvents } from "../outbox/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { anEndpoint, aUser, aVendor, testDatabase } from "../testing/index.ts";
import {
  confirmAlertSubscription,
  createAlertSubscription,
  getAlert,
  getAlertSubscription,
  listAlertSubscriptions,
  listAlerts,
  NewAlertSubscription,
  packAlertMessages,
  removeAlertSubscription,
  testAlertSubscription,
  unsubscribeFromAlerts,
  updateAlertSubscription,
  watchAlerts,
} from "./index.ts";
import { raiseAlertSignal } from "./signals.ts";
import { alertIncidents } from "./tables.ts";

const start = new Date("2026-03-02T10:00:00Z");
const portalOrigin = "https://sor.example.org";
let db: Database;
let vendor: Awaited<ReturnType<typeof aVendor>>;
let stranger: Awaited<ReturnType<typeof aVendor>>;
let endpointId: string;
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const job = (seconds: number) => createContext(db, { kind: "system", job: "alerts" }, at(seconds));
const withScopes = (key: Actor): Actor =>
  key.kind === "key" ? { ...key, scopes: ["alerts:read", "alerts:write"] } : key;
const as = (who: { key: Actor }, seconds = 0) => createContext(db, withScopes(who.key), at(seconds));

beforeEach(async () => {
  db = await testDatabase();
  [vendor, stranger] = [await aVendor(db), await aVendor(db)];
  endpointId = await anEndpoint(db, { supplierId: vendor.supplierId, address: "https://edi.example.dk/in" });
  await db.insert(endpointQueues).values({ endpointId });
});

const failing = async (failuresInRow: number) =>
  await db
    .update(endpointQueues)
    .set({ failuresInRow, firstFailureAt: start })
    .where(eq(endpointQueues.endpointId, endpointId));
const wanted = (more: Partial<NewAlertSubscription> = {}) =>
  NewAlertSubscription.parse({
    supplierId: vendor.supplierId,
    channel: "webhook",
    address: "https://ops.example.dk/alerts",
    name: "Vagten",
    ...more,
  });
const subscribed = async (more: Partial<NewAlertSubscription> = {}) =>
  (await createAlertSubscription(as(vendor), wanted(more))).subscription;
const take = async (seconds: number) =>
  await takeMessages(job(seconds), { limit: 100, leaseSeconds: 60, channels: ["mail", "webhook"] });
const pack = async (seconds: number) => await packAlertMessages(job(seconds), { portalOrigin, limit: 100 });

describe("an endpoint that fails", () => {
  test("is one incident with one notice when it opens and one when it closes", async () => {
    await subscribed();
    await failing(7);
    for (const seconds of [0, 30]) expect(await watchAlerts(job(seconds))).toMatchObject({ opened: 0 });
    expect(await watchAlerts(job(60))).toMatchObject({ opened: 1 });
    for (const seconds of [75, 90, 105])
      expect(await watchAlerts(job(seconds))).toMatchObject({ opened: 0, closed: 0 });
    expect(await pack(119)).toBe(0);
    expect(await pack(121)).toBe(1);
    const [opened] = await take(122);
    expect(opened?.content.subject).toBe(
      "[SOR drift] Alarm: Et endepunkt svarer ikke / An endpoint does not answer",
    );
    expect(opened?.content.text).toContain(`${portalOrigin}/endepunkter/${endpointId}`);
    await recordSending(job(123), { message: opened as never, outcome: { kind: "sent" }, random: 0 });
    await failing(0);
    expect(await watchAlerts(job(200))).toMatchObject({ closed: 0 });
    expect(await watchAlerts(job(320))).toMatchObject({ closed: 1 });
    expect(await watchAlerts(job(335))).toMatchObject({ opened: 0, closed: 0 });
    expect(await pack(500)).toBe(1);
    expect(await pack(501)).toBe(0);
    const closed = await take(502);
    expect(closed.map(({ content }) => content.subject)).toEqual([
      "[SOR drift] Løst: Et endepunkt svarer ikke / Solved: An endpoint does not answer",
    ]);
    expect(closed[0]?.content.references).toEqual([opened?.id]);
    const alerts = (await listAlerts(as(vendor), { limit: 10 })).items;
    expect(alerts).toMatchObject([
      { kind: "endpoint-down", state: "closed", endpointId, severity: "serious" },
    ]);
  });

  test("that recovers briefly and fails again stays one incident", async () => {
    await failing(5);
    await watchAlerts(job(0));
    await watchAlerts(job(60));
    for (let minute = 2; minute < 30; minute += 1) {
      await failing(minute % 2 === 0 ? 0 : 5);
      expect(await watchAlerts(job(minute * 60))).toMatchObject({ opened: 0, closed: 0 });
    }
    expect(await db.$count(alertIncidents)).toBe(1);
  });

  test("is closed when a user pauses it", async () => {
    await failing(5);
    await watchAlerts(job(0));
    await watchAlerts(job(60));
    await db.update(endpoints).set({ state: "paused" }).where(eq(endpoints.id, endpointId));
    await watchAlerts(job(100));
    expect(await watchAlerts(job(220))).toMatchObject({ closed: 1 });
  });

  test("checked by many processes concurrently opens one incident and one notice", async () => {
    await subscribed();
    await failing(5);
    await Promise.all(Array.from({ length: 6 }, () => watchAlerts(job(0))));
    const looks = await Promise.all(Array.from({ length: 6 }, () => watchAlerts(job(60))));
    expect(looks.filter(({ opened }) => opened > 0)).toHaveLength(1);
    expect([await db.$count(alertIncidents), await db.$count(outboxEvents)]).toEqual([1, 1]);
    const packed = await Promise.all(Array.from({ length: 6 }, () => pack(130)));
    expect(packed.reduce((sum, made) => sum + made, 0)).toBe(1);
    const taken = (await Promise.all(Array.from({ length: 6 }, () => take(131)))).flat();
    expect(taken).toHaveLength(1);
  });
});

describe("a receiver", () => {
  async function manyFail(count: number): Promise<void> {
    for (let number = 0; number < count; number += 1) {
      const id = await anEndpoint(db, {
        supplierId: vendor.supplierId,
        address: `https://edi.example.dk/${number}`,
      });
      await db.insert(endpointQueues).values({ endpointId: id, failuresInRow: 5, firstFailureAt: start });
    }
    await watchAlerts(job(0));
    await watchAlerts(job(60));
  }

  test("is notified of many incidents in one message", async () => {
    await subscribed();
    await manyFail(40);
    expect(await pack(121)).toBe(1);
    const [message] = await take(122);
    expect(message?.content.subject).toBe("[SOR drift] 40 alarmer / 40 alerts");
    expect(JSON.parse(message?.content.json ?? "").data.alerts).toHaveLength(40);
  });

  test("is not notified of other suppliers' incidents, nor of unwanted ones", async () => {
    const { subscription } = await createAlertSubscription(
      as(stranger),
      wanted({ supplierId: stranger.supplierId }),
    );
    await subscribed({ kinds: ["dead-letters"] });
    await manyFail(2);
    expect(await db.$count(outboxEvents)).toBe(0);
    expect((await listAlerts(as(stranger), { limit: 10 })).items).toEqual([]);
    const [alert] = (await listAlerts(as(vendor), { limit: 10 })).items;
    await expect(getAlert(as(stranger), { id: alert?.id ?? "" })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(getAlertSubscription(as(vendor), { id: subscription.id })).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await listAlertSubscriptions(as(vendor))).toHaveLength(1);
  });

  test("cannot be made, changed or ended by another supplier", async () => {
    await expect(createAlertSubscription(as(stranger), wanted())).rejects.toMatchObject({
      code: "not-allowed",
    });
    const { id } = await subscribed();
    const fields = { name: "Min" };
    await expect(updateAlertSubscription(as(stranger), { id, fields })).rejects.toMatchObject({
      code: "not-allowed",
    });
    await expect(removeAlertSubscription(as(stranger), { id })).rejects.toMatchObject({
      code: "not-allowed",
    });
    await expect(
      createAlertSubscription(
        as(stranger),
        wanted({ supplierId: stranger.supplierId, endpointIds: [endpointId] }),
      ),
    ).rejects.toMatchObject({ code: "invalid" });
    await expect(createAlertSubscription(as(vendor), wanted({ supplierId: null }))).rejects.toMatchObject({
      code: "not-allowed",
    });
  });

  test("by mail is not notified before its address is confirmed with the code", async () => {
    const { id, state } = await subscribed({ channel: "mail", address: "vagt@example.dk" });
    expect(state).toBe("pending");
    await manyFail(1);
    expect(await db.$count(outboxEvents)).toBe(0);
    const [mail] = await take(70);
    const code =
      /Kode: ([A-Z2-7]{5})-([A-Z2-7]{5})/
        .exec(mail?.content.text ?? "")
        ?.slice(1)
        .join("") ?? "";
    await expect(confirmAlertSubscription(as(vendor), { id, code: "AAAAAAAAAA" })).rejects.toMatchObject({
      details: { fault: "code-wrong" },
    });
    await expect(confirmAlertSubscription(as(vendor, 49 * 3600), { id, code })).rejects.toMatchObject({
      details: { fault: "code-expired" },
    });
    expect((await confirmAlertSubscription(as(vendor), { id, code })).state).toBe("active");
    expect((await confirmAlertSubscription(as(vendor), { id, code })).state).toBe("active");
  });

  test("cannot guess the code: after ten wrong ones none is accepted", async () => {
    const { id } = await subscribed({ channel: "mail", address: "vagt@example.dk" });
    for (let tries = 0; tries < 10; tries += 1) {
      await expect(confirmAlertSubscription(as(vendor), { id, code: "AAAAAAAAAA" })).rejects.toThrow();
    }
    await expect(confirmAlertSubscription(as(vendor), { id, code: "AAAAAAAAAA" })).rejects.toMatchObject({
      details: { fault: "code-expired" },
    });
  });

  test("whose token is used is ended at once and its address deleted; repeating it changes nothing", async () => {
    const { id } = await subscribed();
    await testAlertSubscription(as(vendor), { id });
    const [message] = await take(1);
    await testAlertSubscription(as(vendor), { id });
    for (let asked = 0; asked < 2; asked += 1) {
      await unsubscribeFromAlerts(job(2), { token: message?.unsubscribeToken ?? "" });
      expect(await getAlertSubscription(as(vendor), { id })).toMatchObject({ state: "ended", address: null });
    }
    await unsubscribeFromAlerts(job(2), { token: "never-heard-of" });
    expect(await take(3)).toEqual([]);
  });

  test("that refuses three consecutive messages is suspended, and can be made active again", async () => {
    const { id } = await subscribed();
    for (let refusal = 0; refusal < 3; refusal += 1) {
      await testAlertSubscription(as(vendor), { id });
      const [message] = await take(refusal);
      const outcome = { kind: "refused", error: "status 410" } as const;
      await recordSending(job(refusal), { message: message as never, outcome, random: 0 });
    }
    expect((await getAlertSubscription(as(vendor), { id })).state).toBe("suspended");
    await expect(testAlertSubscription(as(vendor), { id })).rejects.toMatchObject({ code: "conflict" });
    await updateAlertSubscription(as(vendor), { id, fields: { isPaused: false } });
    expect((await getAlertSubscription(as(vendor), { id })).state).toBe("active");
  });

  test("of the gateway is notified of everybody's incidents and of the gateway's own", async () => {
    const { ctx } = await aUser(db, "authority", { role: "authority", scope: { kind: "all" } }, start);
    await createAlertSubscription(ctx, wanted({ supplierId: null }));
    await raiseAlertSignal(job(0), { kind: "prune-failed", subject: "gateway", forSeconds: 3600 });
    await manyFail(1);
    expect(await db.$count(outboxEvents)).toBe(2);
    expect((await listAlerts(ctx, { limit: 10 })).items.map(({ kind }) => kind).sort()).toEqual([
      "endpoint-down",
      "prune-failed",
    ]);
    expect((await listAlerts(as(vendor), { limit: 10 })).items.map(({ kind }) => kind)).toEqual([
      "endpoint-down",
    ]);
  });

  test("that was paused is not notified of what happened during the pause", async () => {
    const { id } = await subscribed();
    await manyFail(1);
    await updateAlertSubscription(as(vendor), { id, fields: { isPaused: true } });
    await updateAlertSubscription(as(vendor), { id, fields: { isPaused: false } });
    expect(await pack(500)).toBe(0);
  });
});

test("the journal keeps no mail address", async () => {
  await subscribed({ channel: "mail", address: "anna.vagt@example.dk" });
  const { rows } = await db.execute(sql`select 1 from journal_entries where after::text like '%anna.vagt%'`);
  expect(rows).toEqual([]);
});
