import { eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { deliveries, deliveryAttempts, endpointHours, endpointQueues, messages } from "../messages/tables.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  newGln,
  receives,
  testDatabase,
} from "../testing/index.ts";
import type { DeliveryOutcome } from "./next-attempt.ts";
import { type Attempt, recordAttempt, recordAttempts } from "./record-attempt.ts";
import { type TakenDelivery, takeDeliveries } from "./take-deliveries.ts";

const now = new Date("2026-03-01T10:00:00Z");
const later = new Date(now.getTime() + 1000);
const afterLease = new Date(now.getTime() + 120_000);
const gatewayParty = "SORGATEWAY";
const system = { kind: "system", job: "test" } as const;
let db: Database;

beforeAll(async () => {
  db = await testDatabase();
});

/** A new endpoint with so many messages, all leased to one worker. */
async function taken(count: number): Promise<{ webhook: string; list: TakenDelivery[] }> {
  const [from, to] = [await aVendor(db), await aVendor(db)];
  const [sender, receiver] = [newGln(), newGln()];
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  const webhook = await anEndpoint(db, { supplierId: to.supplierId, address: "https://example.org/in" });
  await receives(db, receiver, webhook, [["DIS91", "D9134L"]]);
  for (let at = 0; at < count; at += 1) {
    const bytes = anInterchange({ sender, receiver });
    await acceptInterchange(createContext(db, from.key, now), { bytes, gatewayParty });
  }
  const question = { limit: 100, leaseSeconds: 60, perEndpoint: 100, worker: "w" };
  const all = await takeDeliveries(createContext(db, system, now), question);
  return { webhook, list: all.filter((delivery) => delivery.endpointId === webhook) };
}

const attemptOf = (delivery: TakenDelivery, outcome: DeliveryOutcome): Attempt => ({
  delivery,
  outcome,
  startedAt: now,
  latencyMilliseconds: 1,
  responseExcerpt: null,
  worker: "w",
  random: 0.5,
  gatewayParty,
});

/** Everything that recording writes for an endpoint, without generated ids. */
async function traces(webhook: string, list: readonly TakenDelivery[]) {
  const { endpointId: _, ...queue } =
    (await db.select().from(endpointQueues).where(eq(endpointQueues.endpointId, webhook)))[0] ?? {};
  const hours = await db.select().from(endpointHours).where(eq(endpointHours.endpointId, webhook));
  const found = [];
  for (const { id } of list) {
    const [delivery] = await db.select().from(deliveries).where(eq(deliveries.id, id));
    const [message] = await db.select().from(messages).where(eq(messages.deliveryId, id));
    const attempts = await db.select().from(deliveryAttempts).where(eq(deliveryAttempts.deliveryId, id));
    const { state, attempts: count, nextAttemptAt, doneAt, leaseToken } = delivery ?? {};
    found.push({
      delivery: { state, count, nextAttemptAt, doneAt, leaseToken },
      message: [message?.state, message?.reason],
      attempts: attempts.map(({ number, outcome, status, error }) => ({ number, outcome, status, error })),
    });
  }
  return { queue, hours: hours.map(({ endpointId: __, ...hour }) => hour), found };
}

const outcome = fc.oneof(
  fc.constant<DeliveryOutcome>({ kind: "delivered", status: 200 }),
  fc.constant<DeliveryOutcome>({ kind: "refused", status: 400 }),
  fc.constant<DeliveryOutcome>({ kind: "failed", status: 500 }),
  fc.constant<DeliveryOutcome>({ kind: "failed", status: 503, retryAfterSeconds: 90 }),
  fc.constant<DeliveryOutcome>({ kind: "failed", status: 503, retryAfterSeconds: 400_000 }),
  fc.constant<DeliveryOutcome>({ kind: "unknown", error: "ECONNRESET" }),
);

test("attempts recorded together leave the same rows as when recorded one by one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(outcome, { minLength: 1, maxLength: 9 }), async (outcomes) => {
      const [one, other] = [await taken(outcomes.length), await taken(outcomes.length)];
      const attemptsOf = (list: readonly TakenDelivery[]) =>
        outcomes.map((each, at) => attemptOf(list[at] as TakenDelivery, each));
      const together = await recordAttempts(createContext(db, system, later), attemptsOf(one.list));
      const singly = [];
      for (const attempt of attemptsOf(other.list)) {
        singly.push(await recordAttempt(createContext(db, system, later), attempt));
      }
      expect(together).toEqual(singly);
      expect(await traces(one.webhook, one.list)).toEqual(await traces(other.webhook, other.list));
    }),
    { numRuns: 25, seed: 20_261_122 },
  );
});

test("among attempts recorded together, one with an expired lease counts only if it succeeded", async () => {
  const { webhook, list } = await taken(3);
  const question = { limit: 100, leaseSeconds: 60, perEndpoint: 100, worker: "w2" };
  const again = await takeDeliveries(createContext(db, system, afterLease), question);
  expect(again.filter(({ endpointId }) => endpointId === webhook)).toHaveLength(3);
  const [late, good, mine] = list as [TakenDelivery, TakenDelivery, TakenDelivery];
  const held = again.find(({ id }) => id === mine.id) as TakenDelivery;
  const recorded = await recordAttempts(createContext(db, system, afterLease), [
    attemptOf(late, { kind: "refused", status: 400 }),
    attemptOf(good, { kind: "delivered", status: 200 }),
    attemptOf(held, { kind: "refused", status: 400 }),
  ]);
  expect(recorded.map(({ decision }) => decision)).toEqual(["retry", "done", "dead"]);
  const { found } = await traces(webhook, [late, good, mine]);
  expect(found.map(({ delivery, message }) => [delivery.state, message[0]])).toEqual([
    ["waiting", "delivering"],
    ["done", "delivered"],
    ["dead", "dead"],
  ]);
});
