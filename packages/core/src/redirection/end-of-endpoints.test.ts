import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { takeDeliveries } from "../deliveries/take-deliveries.ts";
import { pauseEndpoint, resumeEndpoint } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { listJournal } from "../journal/index.ts";
import { closeEndpoint, drainEndpoint, listRegistrations } from "../message-types/index.ts";
import { registrations } from "../message-types/tables.ts";
import { getMessage } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { endDrains } from "./end-drains.ts";
import { tendDeliveries } from "./tend-deliveries.ts";

const now = new Date("2026-03-01T10:00:00Z");
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const gatewayParty = "SORGATEWAY";
const reason = "Flytter til nyt system";
const system = { kind: "system", job: "test" } as const;
let db: Database;
let counter = 0;
let [sender, receiver] = ["", ""];
let from: Actor;
let to: Extract<Actor, { kind: "key" }>;
let supplierId: string;
let webhook: string;
let mailbox: string;

const as = (actor: Actor, at = now) => createContext(db, actor, at);

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [a, b] = [await aVendor(db), await aVendor(db)];
  from = a.key;
  supplierId = b.supplierId;
  to = { ...b.key, scopes: [...b.key.scopes, "endpoints:write", "registrations:write"] };
  [sender, receiver] = [0, 1].map(() => {
    counter += 1;
    return completeGln(`5790007${String(counter).padStart(5, "0")}`);
  }) as [string, string];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId });
  webhook = await anEndpoint(db, { supplierId, address: "https://example.org/in" });
  mailbox = await anEndpoint(db, { supplierId });
  await receives(db, receiver, webhook, [["DIS91", "D9134L"]]);
});

async function send(at = now): Promise<string> {
  const bytes = anInterchange({ sender, receiver });
  const { interchange } = await acceptInterchange(as(from, at), { bytes, gatewayParty });
  return interchange.messages[0]?.id ?? "";
}
const stateOf = async (id: string) => (await getMessage(as(from), { id })).state;
const tend = (at: Date) => tendDeliveries(as(system, at), { gatewayParty, limit: 100 });
const rowOf = async (id: string) => (await db.select().from(endpoints).where(eq(endpoints.id, id)))[0];

async function deliver(at: Date): Promise<number> {
  const question = { limit: 10, leaseSeconds: 60, perEndpoint: 10, worker: "w" };
  const taken = (await takeDeliveries(as(system, at), question)).filter(
    (delivery) => delivery.endpointId === webhook,
  );
  for (const delivery of taken) {
    await recordAttempt(as(system, at), {
      delivery,
      outcome: { kind: "delivered", status: 200 },
      startedAt: at,
      latencyMilliseconds: 1,
      responseExcerpt: null,
      worker: "w",
      random: 0,
      gatewayParty,
    });
  }
  return taken.length;
}

test("an endpoint in use by location numbers is not closed, and the error says how many they are", async () => {
  const closing = closeEndpoint(as(to), { id: webhook, moveTo: null, reason });
  await expect(closing).rejects.toMatchObject({
    code: "conflict",
    details: { fault: "endpoint-in-use", locationNumbers: 1 },
  });
  expect(await rowOf(webhook)).toMatchObject({ state: "active" });
});

test("waiting messages of a closed endpoint go where they are received then", async () => {
  const id = await send();
  const { movedLocations, endpoint } = await closeEndpoint(as(to, later(1)), {
    id: webhook,
    moveTo: mailbox,
    reason,
  });
  expect([movedLocations, endpoint.state]).toEqual([1, "closed"]);
  await tend(later(2));
  const [entry] = await takeFromMailbox(as(to, later(2)), {
    gln: receiver,
    limit: 10,
    visibilityTimeoutSeconds: 0,
  });
  expect(entry?.messages[0]?.id).toBe(id);
  await acknowledgeMailbox(as(to, later(3)), { gln: receiver, ids: [entry?.id ?? ""] });
  expect(await stateOf(id)).toBe("delivered");
  const kept = await listRegistrations(as(to), { gln: receiver });
  expect(kept.map(({ endpointId, validTo }) => [endpointId, validTo])).toEqual([
    [webhook, later(1)],
    [mailbox, null],
  ]);
  const told = await listJournal(db, { limit: 2 });
  expect(told.map((each) => each.subjectType).sort()).toEqual(["endpoint", "location"]);
  expect(told.every((each) => each.comment === reason)).toBe(true);
});

test("a message whose upload began before its endpoint was closed is rerouted, and not refused", async () => {
  await closeEndpoint(as(to, later(1)), { id: webhook, moveTo: mailbox, reason });
  const id = await send(now);
  expect(await getMessage(as(from), { id })).toMatchObject({
    state: "queued",
    delivery: { endpointId: mailbox },
  });
});

test("waiting messages of a closed endpoint that nothing receives any more are reported to their sender", async () => {
  const id = await send();
  await db.delete(registrations).where(eq(registrations.gln, receiver));
  await closeEndpoint(as(to, later(1)), { id: webhook, moveTo: null, reason });
  await tend(later(2));
  expect(await stateOf(id)).toBe("expired");
  const [receipt] = await takeFromMailbox(as(from, later(2)), {
    gln: sender,
    limit: 10,
    visibilityTimeoutSeconds: 0,
  });
  expect(receipt?.messages[0]?.messageType).toBe("CTL01");
});

test.each([
  ["itself", () => webhook],
  ["an endpoint that is not there", () => "0196f1f0-0000-7000-8000-000000000000"],
])("%s does not take over", async (_, moveTo) => {
  const closing = closeEndpoint(as(to), { id: webhook, moveTo: moveTo(), reason });
  await expect(closing).rejects.toMatchObject({ code: "invalid", details: { fault: "not-taking-over" } });
});

test("another supplier's endpoint does not take over, and moving requires the right to change registrations", async () => {
  const other = await aVendor(db);
  const theirs = await anEndpoint(db, { supplierId: other.supplierId });
  const stealing = closeEndpoint(as(to), { id: webhook, moveTo: theirs, reason });
  await expect(stealing).rejects.toMatchObject({ code: "invalid" });
  const weak = as({ ...to, scopes: ["endpoints:write"] });
  const moving = closeEndpoint(weak, { id: webhook, moveTo: mailbox, reason });
  await expect(moving).rejects.toMatchObject({ code: "not-allowed" });
  const foreign = closeEndpoint(as({ ...other.key, scopes: to.scopes }), {
    id: webhook,
    moveTo: null,
    reason,
  });
  await expect(foreign).rejects.toMatchObject({ code: "not-allowed" });
});

test("a draining endpoint finishes what it had, holds what is new, and is paused when it is empty", async () => {
  const before = await send();
  await drainEndpoint(as(to, later(1)), { id: webhook, endsAs: "paused", moveTo: null, reason });
  const after = await send(later(2));
  expect(await stateOf(after)).toBe("held");
  await tend(later(3));
  expect(await endDrains(as(system, later(3)))).toBe(0);
  expect(await deliver(later(3))).toBe(1);
  expect([await stateOf(before), await stateOf(after)]).toEqual(["delivered", "held"]);
  expect(await endDrains(as(system, later(4)))).toBe(1);
  expect(await endDrains(as(system, later(4)))).toBe(0);
  expect(await rowOf(webhook)).toMatchObject({ state: "paused", drainingSince: null, pauseReason: reason });
  await tend(later(5));
  expect(await stateOf(after)).toBe("held");
  await resumeEndpoint(as(to, later(6)), { id: webhook });
  await tend(later(7));
  expect(await deliver(later(7))).toBe(1);
  expect(await stateOf(after)).toBe("delivered");
});

test("a paused endpoint that drains sends what was held until then", async () => {
  await pauseEndpoint(as(to), { id: webhook, until: null, reason });
  const held = await send(later(1));
  await drainEndpoint(as(to, later(2)), { id: webhook, endsAs: "paused", moveTo: null, reason });
  expect(await endDrains(as(system, later(2)))).toBe(0);
  await tend(later(3));
  expect(await deliver(later(3))).toBe(1);
  expect(await stateOf(held)).toBe("delivered");
  expect(await endDrains(as(system, later(4)))).toBe(1);
});

test("an endpoint that drains to be closed gets nothing new, finishes, and is closed", async () => {
  const id = await send();
  const draining = { id: webhook, endsAs: "closed", reason } as const;
  await expect(drainEndpoint(as(to, later(1)), { ...draining, moveTo: null })).rejects.toMatchObject({
    details: { fault: "endpoint-in-use" },
  });
  await drainEndpoint(as(to, later(1)), { ...draining, moveTo: mailbox });
  const next = await send(later(2));
  await tend(later(3));
  expect([await stateOf(id), await stateOf(next)]).toEqual(["queued", "queued"]);
  expect(await deliver(later(3))).toBe(1);
  expect(await endDrains(as(system, later(4)))).toBe(1);
  expect(await rowOf(webhook)).toMatchObject({ state: "closed", drainThen: null });
  const waiting = await takeFromMailbox(as(to, later(4)), {
    gln: receiver,
    limit: 10,
    visibilityTimeoutSeconds: 0,
  });
  expect(waiting.map((entry) => entry.messages[0]?.id)).toEqual([next]);
});

test("waiting messages of a webhook that becomes a mailbox are found in the mailbox", async () => {
  const id = await send();
  await db.update(endpoints).set({ transport: "mailbox", address: null }).where(eq(endpoints.id, webhook));
  await tend(later(1));
  const [entry] = await takeFromMailbox(as(to, later(1)), {
    gln: receiver,
    limit: 10,
    visibilityTimeoutSeconds: 0,
  });
  expect(entry?.messages[0]?.id).toBe(id);
});
