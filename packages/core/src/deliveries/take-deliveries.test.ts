import { eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { deliveries, endpointQueues, messages } from "../messages/tables.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  newGln,
  receives,
  testDatabase,
} from "../testing/index.ts";
import { giveBackDeliveries, takeDeliveries } from "./take-deliveries.ts";

const now = new Date("2026-03-01T10:00:00Z");
const [sender, receiver] = ["5790000120420", "5790000128686"];
let db: Database;
let vendor: Awaited<ReturnType<typeof aVendor>>;
const system = (at = now) => createContext(db, { kind: "system", job: "test" }, at);

async function aWebhook(gln: string, supplierId: string): Promise<string> {
  await aLocation(db, { gln, supplierId });
  const endpoint = await anEndpoint(db, { supplierId, address: "https://edi.example.dk/in" });
  await receives(db, gln, endpoint, [["DIS91", "D9134L"]]);
  return endpoint;
}

async function send(to: string, count: number, by = sender): Promise<void> {
  for (let message = 0; message < count; message += 1) {
    const reference = `L${message}`;
    const bytes = anInterchange({ sender: by, receiver: to, reference, messages: [{ reference }] });
    await acceptInterchange(createContext(db, vendor.key, now), { bytes, gatewayParty: "SORGATEWAY" });
  }
}

beforeEach(async () => {
  db = await testDatabase();
  vendor = await aVendor(db);
  await aLocation(db, { gln: sender, supplierId: vendor.supplierId });
  await aWebhook(receiver, vendor.supplierId);
  await send(receiver, 30);
});

// A worker that starts just after another has committed must see its leases, whenever its snapshot was taken.
test.each([
  ["more than may be under way at once", 0, 3],
  ["more than one probe to an endpoint whose circuit breaker has opened", 5, 1],
])("concurrent workers never take %s", async (_, failuresInRow, most) => {
  await db.update(endpointQueues).set({ failuresInRow });
  const question = { limit: 10, leaseSeconds: 60, perEndpoint: 3, worker: "w" };
  for (let round = 0; round < 40; round += 1) {
    await db.update(deliveries).set({ leaseToken: null, leaseUntil: null });
    const look = async () => {
      let taken = 0;
      for (let times = 0; times < 4; times += 1) {
        taken += (await takeDeliveries(system(), question)).length;
      }
      return taken;
    };
    const all = await Promise.all(Array.from({ length: 6 }, look));
    expect(all.reduce((sum, taken) => sum + taken, 0)).toBe(most);
  }
  expect((await db.execute(sql`select from deliveries where lease_until is not null`)).rows).toHaveLength(
    most,
  );
});

test("a supplier has its share of the slots however many its endpoints, and others are served before it has all", async () => {
  for (let count = 0; count < 5; count += 1) {
    const gln = newGln();
    await aWebhook(gln, vendor.supplierId);
    await send(gln, 8);
  }
  const other = await aVendor(db);
  const gln = newGln();
  const endpoint = await aWebhook(gln, other.supplierId);
  await send(gln, 3);
  await db.update(deliveries).set({ nextAttemptAt: new Date(now.getTime() - 1) });
  await db.update(deliveries).set({ nextAttemptAt: now }).where(eq(deliveries.endpointId, endpoint));

  const rule = { limit: 16, share: 0.5 };
  const take = async (limit: number, held: ReadonlyMap<string, number>) => {
    const places = { rule, held };
    const taken = await takeDeliveries(system(), {
      limit,
      places,
      leaseSeconds: 60,
      perEndpoint: 8,
      worker: "w",
    });
    return (supplierId: string) => taken.filter((one) => one.supplierId === supplierId).length;
  };
  const first = await take(16, new Map());
  expect([first(vendor.supplierId), first(other.supplierId)]).toEqual([6, 3]);
  // The deliveries of other suppliers are done by now, its own are not.
  const next = await take(10, new Map([[vendor.supplierId, 6]]));
  expect(next(vendor.supplierId)).toBe(2);
  const last = await take(8, new Map([[vendor.supplierId, 8]]));
  expect(last(vendor.supplierId)).toBe(0);
});

test("a sender of many messages to an endpoint does not delay those of another", async () => {
  const other = newGln();
  await aLocation(db, { gln: other, supplierId: vendor.supplierId });
  await send(receiver, 1, other);
  const question = { limit: 2, leaseSeconds: 600, perEndpoint: 2, worker: "w" };
  const senders: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    for (const { id } of await takeDeliveries(system(), question)) {
      const [row] = await db
        .update(deliveries)
        .set({ state: "done", leaseUntil: null })
        .where(eq(deliveries.id, id))
        .returning();
      senders.push(row?.sender ?? "");
    }
  }
  expect(senders).toHaveLength(4);
  expect(senders).toContain(other);
});

test("a worker whose lease expired does not release the lease of the next one", async () => {
  const question = { limit: 1, leaseSeconds: 60, perEndpoint: 1 };
  const [first] = await takeDeliveries(system(), { ...question, worker: "first" });
  const later = new Date(now.getTime() + 61_000);
  const all = { ...question, limit: 100, perEndpoint: 100 };
  const others = await takeDeliveries(system(later), { ...all, worker: "second" });
  const second = others.find(({ id }) => id === first?.id);
  if (!first || !second) throw new Error("it was not taken over");
  await giveBackDeliveries(system(later), [first]);
  const [held] = await db.select().from(deliveries).where(eq(deliveries.id, first.id));
  expect(held).toMatchObject({ leaseToken: second.leaseToken, leasedBy: "second" });
  const carried = await db.select().from(messages).where(eq(messages.deliveryId, first.id));
  expect(carried.map(({ state }) => state)).toEqual(["delivering"]);
  await giveBackDeliveries(system(later), [second]);
  const [free] = await db.select().from(deliveries).where(eq(deliveries.id, first.id));
  expect(free).toMatchObject({ state: "waiting", leaseToken: null });
});
