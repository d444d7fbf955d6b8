import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import type { DeliveryOutcome } from "../deliveries/next-attempt.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { type TakenDelivery, takeDeliveries } from "../deliveries/take-deliveries.ts";
import { pauseEndpoint, resumeEndpoint } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { registrations } from "../message-types/tables.ts";
import { getMessage } from "../messages/read-messages.ts";
import { deliveries } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { followMovedLocations, tendDeliveries } from "../redirection/tend-deliveries.ts";
import { retryDeadLetter } from "../steering/dead-letters.ts";
import { holdMessage, releaseMessage } from "../steering/hold-messages.ts";
import { cancelMessage, resendMessage } from "../steering/operate-messages.ts";
import { rerouteMessage } from "../steering/reroute-messages.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  newGln,
  receives,
  testDatabase,
} from "../testing/index.ts";

const now = new Date("2026-03-01T10:00:00Z");
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const gatewayParty = "SORGATEWAY";
const reason = "Prøve";
const system = { kind: "system", job: "test" } as const;
const versions = { DIS91: "D9134L", DIS90: "D9034L" } as const;
const registered = Object.entries(versions);
type Type = keyof typeof versions;
let db: Database;
let counter = 0;
let [sender, other, receiver] = ["", "", ""];
let from: Actor;
let to: Extract<Actor, { kind: "key" }>;
let supplierId: string;
let webhook: string;

const as = (actor: Actor, seconds = 0) => createContext(db, actor, at(seconds));

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  await db.delete(registrations);
  await db.execute(sql`update deliveries set state = 'cancelled' where state in ('waiting', 'held')`);
  const [a, b] = [await aVendor(db), await aVendor(db)];
  from = a.key;
  supplierId = b.supplierId;
  to = { ...b.key, scopes: [...b.key.scopes, "endpoints:write", "registrations:write"] };
  [sender, other, receiver] = [newGln(), newGln(), newGln()];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: other, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId });
  webhook = await anEndpoint(db, { supplierId, address: "https://example.org/in" });
  await receives(db, receiver, webhook, registered);
  await setOrder(webhook, true);
});

const setOrder = (id: string, isOrdered: boolean) =>
  db.update(endpoints).set({ isOrdered }).where(eq(endpoints.id, id));

type Sent = { by?: string; types?: Type[]; seconds?: number };
async function send({ by = sender, types = ["DIS91"], seconds = 0 }: Sent = {}): Promise<string> {
  const messages = types.map((type) => {
    counter += 1;
    return { reference: `L${counter}`, type, version: versions[type] };
  });
  const bytes = anInterchange({ sender: by, receiver, messages });
  const { interchange } = await acceptInterchange(as(from, seconds), { bytes, gatewayParty });
  expect(interchange.messages.every(({ state }) => state === "queued" || state === "held")).toBe(true);
  return interchange.messages[0]?.id ?? "";
}

const take = (seconds = 0, perEndpoint = 10) =>
  takeDeliveries(as(system, seconds), { limit: 50, leaseSeconds: 60, perEndpoint, worker: "w" });
const idsOf = (taken: readonly TakenDelivery[]) => taken.map(({ messageIds }) => messageIds[0]).sort();
const taken = async (seconds = 0) => idsOf(await take(seconds));

async function end(
  list: readonly TakenDelivery[],
  outcome: DeliveryOutcome = { kind: "delivered" },
  seconds = 0,
) {
  for (const delivery of list) {
    const made = { startedAt: at(seconds), latencyMilliseconds: 1, responseExcerpt: null, worker: "w" };
    await recordAttempt(as(system, seconds), { delivery, outcome, ...made, random: 1, gatewayParty });
  }
}
const deliver = async (seconds = 0) => {
  const list = await take(seconds);
  await end(list, { kind: "delivered" }, seconds);
  return idsOf(list);
};

describe("messages of one sender, receiver and type, at an ordered endpoint", () => {
  test("are sent one at a time, in the order in which they were accepted", async () => {
    const [a, b, c] = [await send(), await send(), await send()];
    for (const id of [a, b, c]) {
      const list = await take();
      expect(idsOf(list)).toEqual([id]);
      expect(await take()).toEqual([]);
      for (const other of [a, b, c]) {
        const { delivery } = await getMessage(as(from), { id: other });
        const isBehind = delivery?.state === "waiting" && other !== id;
        expect(delivery?.behindMessageId).toBe(isBehind ? id : null);
      }
      await end(list);
    }
  });

  test("do not wait for those of another sender or type", async () => {
    const a = await send();
    await send();
    const b = await send({ types: ["DIS90"] });
    const c = await send({ by: other });
    expect(await taken()).toEqual([a, b, c].sort());
  });

  test("wait while the first is retried, and go on when it is refused; revived, it is last", async () => {
    const [a, b, c] = [await send(), await send(), await send()];
    await end(await take(), { kind: "failed", status: 500 });
    expect(await take(1)).toEqual([]);
    await end(await take(100), { kind: "refused", status: 422 }, 100);
    const list = await take(101);
    expect(idsOf(list)).toEqual([b]);
    await retryDeadLetter(as(from, 102), { id: a, reason });
    await end(list, { kind: "delivered" }, 103);
    expect([await deliver(104), await deliver(105)]).toEqual([[c], [a]]);
  });

  test("wait for the first also when its lease expired", async () => {
    const [a] = [await send(), await send()];
    const [lost] = await take();
    const again = await take(61);
    expect(idsOf(again)).toEqual([a]);
    // The worker with the expired lease did deliver it: another attempt may be under way, but with the same id.
    await end(lost ? [lost] : [], { kind: "delivered" }, 62);
    expect(again[0]?.id).toBe(lost?.id);
  });

  test("wait while the first is held, and go on when it is withdrawn", async () => {
    const [a, b, c] = [await send(), await send(), await send()];
    await holdMessage(as(from), { id: a, reason });
    expect(await take()).toEqual([]);
    await releaseMessage(as(from, 1), { id: a, reason });
    expect(await deliver(2)).toEqual([a]);
    await holdMessage(as(from, 3), { id: b, reason });
    expect(await take(4)).toEqual([]);
    await cancelMessage(as(from, 5), { id: b, reason });
    expect(await deliver(6)).toEqual([c]);
  });

  test("go on when the first expired by the endpoint's own rule", async () => {
    const retry = { firstSeconds: 5, factor: 1, longestSeconds: 5, giveUpSeconds: 60 };
    await db.update(endpoints).set({ retry }).where(eq(endpoints.id, webhook));
    await send();
    const b = await send({ seconds: 50 });
    await end(await take(50), { kind: "failed", status: 500 }, 50);
    await tendDeliveries(as(system, 90), { gatewayParty, limit: 10 });
    expect(await deliver(90)).toEqual([b]);
  });

  test("keep their order over a pause, however few are released at once", async () => {
    const ids = [await send(), await send()];
    await pauseEndpoint(as(to), { id: webhook, until: null, reason });
    const tend = (seconds: number) => tendDeliveries(as(system, seconds), { gatewayParty, limit: 1 });
    for (const seconds of [1, 2]) await tend(seconds);
    ids.push(await send({ seconds: 3 }));
    await resumeEndpoint(as(to, 4), { id: webhook });
    const order: (string | undefined)[] = [];
    for (let seconds = 5; seconds < 12; seconds += 1) {
      await tend(seconds);
      order.push(...(await deliver(seconds)));
    }
    expect(order).toEqual(ids);
  });

  test("are queued behind later messages when they are resent", async () => {
    const a = await send();
    await deliver();
    const b = await send({ seconds: 1 });
    const { messageId } = await resendMessage(as(from, 2), { id: a, reason });
    expect([await deliver(3), await deliver(3)]).toEqual([[b], [messageId]]);
  });

  test("of several types in one interchange wait for all before them, and all behind wait for them", async () => {
    const a = await send();
    const both = await send({ types: ["DIS91", "DIS90"] });
    const c = await send({ types: ["DIS90"] });
    expect(await deliver()).toEqual([a]);
    const list = await take();
    expect(list.map(({ messageIds }) => [messageIds[0], messageIds.length])).toEqual([[both, 2]]);
    expect(await take()).toEqual([]);
    await end(list);
    expect(await taken()).toEqual([c]);
  });

  test("are split when one of an interchange is held: the others go on, later messages of its type wait", async () => {
    const both = await send({ types: ["DIS91", "DIS90"] });
    await send();
    const d = await send({ types: ["DIS90"] });
    await holdMessage(as(from), { id: both, reason });
    const list = await take();
    expect(idsOf(list)).not.toContain(both);
    expect(list).toHaveLength(1);
    await end(list);
    expect(await deliver()).toEqual([d]);
    expect(await take()).toEqual([]);
    await releaseMessage(as(from), { id: both, reason });
    expect(await deliver()).toEqual([both]);
    expect(await take()).toHaveLength(1);
  });

  test("are ordered, waiting ones included, from when ordering is turned on until it is turned off", async () => {
    await setOrder(webhook, false);
    const [a, b, c] = [await send(), await send(), await send()];
    await setOrder(webhook, true);
    const list = await take();
    expect(idsOf(list)).toEqual([a]);
    await setOrder(webhook, false);
    expect(await taken()).toEqual([b, c].sort());
  });

  test("rerouted by a user no longer block those behind", async () => {
    const [a, b] = [await send(), await send()];
    await end(await take(), { kind: "failed", status: 500 });
    const elsewhere = await anEndpoint(db, { supplierId });
    await rerouteMessage(as(to), { id: a, endpointId: elsewhere, reason });
    expect(await taken()).toEqual([b]);
  });

  test("at the endpoint to which their location number moved wait for what is left at the old one", async () => {
    const old = await anEndpoint(db, { supplierId, address: "https://example.org/old" });
    const moveTo = async (endpointId: string) => {
      await db.update(registrations).set({ supersededAt: now });
      await receives(db, receiver, endpointId, registered);
    };
    await moveTo(old);
    const a = await send();
    await end(await take(), { kind: "failed", status: 500 });
    await moveTo(webhook);
    const b = await send({ seconds: 1 });
    expect(await take(2)).toEqual([]);
    await followMovedLocations(as(system, 40), { gatewayParty, limit: 10 });
    expect([await deliver(41), await deliver(41)]).toEqual([[a], [b]]);
  });

  test("are never two under way, even when a later one was seen first", async () => {
    const [a, b] = [await send(), await send()];
    const placeOf = (id: string, place: number) =>
      db.execute(
        sql`update deliveries set place = ${place} where id = (select delivery_id from messages where id = ${id})`,
      );
    await placeOf(a, 3_000_000);
    await placeOf(b, 4_000_000);
    const list = await take();
    expect(idsOf(list)).toEqual([a]);
    await placeOf(b, 2_000_000);
    expect(await take()).toEqual([]);
    await end(list);
    expect(await taken()).toEqual([b]);
  });
});

test("lines are served round-robin, whatever their number", async () => {
  const senders = [sender, other];
  for (let n = 0; n < 4; n += 1) {
    const gln = newGln();
    await aLocation(db, { gln, supplierId: (from as { supplierId: string }).supplierId });
    senders.push(gln);
  }
  for (const by of senders) for (let n = 0; n < 2; n += 1) await send({ by });
  const order: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    const list = await take(0, 1);
    expect(list).toHaveLength(1);
    const [row] = await db
      .select()
      .from(deliveries)
      .where(eq(deliveries.id, list[0]?.id ?? ""));
    order.push(row?.sender ?? "");
    await end(list);
  }
  expect(new Set(order.slice(0, 6)).size).toBe(6);
  expect(order.slice(6)).toEqual(order.slice(0, 6));
});
