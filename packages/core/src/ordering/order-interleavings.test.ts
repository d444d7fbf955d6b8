import { and, eq, inArray, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import type { DeliveryOutcome } from "../deliveries/next-attempt.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { type TakenDelivery, takeDeliveries } from "../deliveries/take-deliveries.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { registrations } from "../message-types/tables.ts";
import { deliveries, messages } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { tendDeliveries } from "../redirection/tend-deliveries.ts";
import { retryDeadLetter } from "../steering/dead-letters.ts";
import { holdMessage, releaseMessage } from "../steering/hold-messages.ts";
import { cancelMessage } from "../steering/operate-messages.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";

const versions = { DIS91: "D9134L", DIS90: "D9034L" } as const;
const gatewayParty = "SORGATEWAY";
const reason = "Prøve";
const system = { kind: "system", job: "test" } as const;
const outcomes: Record<"success" | "failure" | "refusal", DeliveryOutcome> = {
  success: { kind: "delivered", status: 200 },
  failure: { kind: "failed", status: 503 },
  refusal: { kind: "refused", status: 422 },
};

let db: Database;
let counter = 0;
beforeAll(async () => {
  db = await testDatabase();
});

const types = fc.constantFrom<(keyof typeof versions)[]>(["DIS91"], ["DIS91"], ["DIS90"], ["DIS91", "DIS90"]);
const which = fc.nat({ max: 30 });
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("send" as const), by: fc.nat({ max: 1 }), types }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("take" as const), perEndpoint: fc.constantFrom(2, 8) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom("success", "success", "failure", "refusal"), which }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("hold", "release", "cancel", "revive"), which }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("tend" as const) }) },
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;
// A lease lasts 60 seconds: some rounds run while it is valid, others after it expired.
const round = fc.record({
  acts: fc.array(act, { minLength: 2, maxLength: 8 }),
  seconds: fc.constantFrom(1, 1, 10, 61, 400),
});

type World = Awaited<ReturnType<typeof aWorld>>;

async function aWorld() {
  await db
    .update(deliveries)
    .set({ state: "cancelled" })
    .where(inArray(deliveries.state, ["waiting", "held"]));
  const [a, b] = [await aVendor(db), await aVendor(db)];
  const [first, second, receiver] = [0, 1, 2].map(() => {
    counter += 1;
    return completeGln(`5790009${String(counter).padStart(5, "0")}`);
  }) as [string, string, string];
  for (const gln of [first, second]) await aLocation(db, { gln, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  const endpointId = await anEndpoint(db, { supplierId: b.supplierId, address: "https://example.org/in" });
  await receives(db, receiver, endpointId, Object.entries(versions));
  await db.update(endpoints).set({ isOrdered: true }).where(eq(endpoints.id, endpointId));
  const outstanding: TakenDelivery[] = [];
  const handedOut: string[] = [];
  const from: Actor = a.key;
  const { supplierId } = b;
  return {
    from,
    supplierId,
    senders: [first, second],
    receiver,
    endpointId,
    outstanding,
    handedOut,
    seconds: 0,
  };
}

const as = (world: World, actor: Actor) =>
  createContext(db, actor, new Date(Date.UTC(2026, 2, 1, 10, 0, world.seconds)));

async function send(world: World, by: string, of: readonly (keyof typeof versions)[]) {
  const messages = of.map((type) => {
    counter += 1;
    return { reference: `L${counter}`, type, version: versions[type] };
  });
  const bytes = anInterchange({ sender: by, receiver: world.receiver, messages });
  await acceptInterchange(as(world, world.from), { bytes, gatewayParty });
}

async function take(world: World, perEndpoint: number) {
  const taken = await takeDeliveries(as(world, system), {
    limit: 20,
    leaseSeconds: 60,
    perEndpoint,
    worker: "w",
  });
  world.outstanding.push(...taken);
  world.handedOut.push(...taken.map(({ id }) => id));
}

async function record(world: World, delivery: TakenDelivery, outcome: DeliveryOutcome) {
  const ctx = as(world, system);
  const made = { startedAt: ctx.now, latencyMilliseconds: 1, responseExcerpt: null, worker: "w" };
  await recordAttempt(ctx, { delivery, outcome, ...made, random: 1, gatewayParty });
}

const steps = { hold: holdMessage, release: releaseMessage, cancel: cancelMessage, revive: retryDeadLetter };
const stepStates = { hold: "queued", release: "held", cancel: "queued", revive: "dead" } as const;

// Picks a message from an earlier read: a concurrent step may have changed it since, and then this one is refused.
async function step(world: World, kind: keyof typeof steps, chosen: number) {
  const found = await db
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.receiver, world.receiver), eq(messages.state, stepStates[kind])))
    .orderBy(messages.id);
  const message = found[chosen % Math.max(1, found.length)];
  if (!message) return;
  try {
    await steps[kind](as(world, world.from), { id: message.id, reason });
  } catch (error) {
    if (!(error instanceof DomainError && error.code === "conflict")) throw error;
  }
}

// All concurrently, but each sender waits for its 202 before it sends the next: only then is there an order to keep.
async function play(world: World, acts: readonly Act[]) {
  const sent = [Promise.resolve(), Promise.resolve()];
  const others = acts.map((one) => {
    if (one.kind === "send") {
      const by = one.by;
      sent[by] = (sent[by] as Promise<void>).then(() => send(world, world.senders[by] as string, one.types));
      return undefined;
    }
    if (one.kind === "take") return take(world, one.perEndpoint);
    if (one.kind === "tend") return tendDeliveries(as(world, system), { gatewayParty, limit: 10 });
    if (!("which" in one)) throw new Error("no such act");
    if (one.kind === "hold" || one.kind === "release" || one.kind === "cancel" || one.kind === "revive") {
      return step(world, one.kind, one.which);
    }
    const delivery = world.outstanding[one.which % Math.max(1, world.outstanding.length)];
    return delivery && record(world, delivery, outcomes[one.kind as keyof typeof outcomes]);
  });
  await Promise.all([...sent, ...others]);
}

type Row = typeof deliveries.$inferSelect;
const shareLine = (a: Row, b: Row) =>
  a.sender === b.sender && (a.messageType === b.messageType || a.messageType === "" || b.messageType === "");
const isBefore = (a: Row, b: Row) => a.place < b.place || (a.place === b.place && a.id < b.id);

/** The invariants between rounds: a leased delivery is the head of its line and the only leased one in it. */
async function check(world: World, firstPlaces: Map<string, { row: Row; place: number }>) {
  const { now } = as(world, system);
  const rows = await db.select().from(deliveries).where(eq(deliveries.endpointId, world.endpointId));
  const open = rows.filter(({ state }) => state === "waiting" || state === "held");
  for (const row of open.filter(({ leaseUntil }) => leaseUntil !== null && leaseUntil > now)) {
    const before = open.filter(
      (other) => other.id !== row.id && shareLine(row, other) && isBefore(other, row),
    );
    expect(before.map(({ place }) => place)).toEqual([]);
  }
  for (const id of world.handedOut.splice(0)) {
    const row = rows.find((each) => each.id === id);
    if (!row || firstPlaces.get(id)?.place === row.place) continue;
    for (const { row: earlier, place } of firstPlaces.values()) {
      if (shareLine(row, earlier)) expect(place).toBeLessThanOrEqual(row.place);
    }
    firstPlaces.set(id, { row, place: row.place });
  }
  return open;
}

async function drain(world: World, firstPlaces: Map<string, { row: Row; place: number }>) {
  await db.execute(sql`update endpoint_queues set failures_in_row = 0, open_until = null`);
  for (let turn = 0; turn < 200; turn += 1) {
    world.seconds += 3600;
    await take(world, 8);
    await check(world, firstPlaces);
    for (const delivery of world.outstanding.splice(0)) await record(world, delivery, outcomes.success);
    const open = await check(world, firstPlaces);
    if (open.length === 0) return;
    if (open.some(({ state }) => state === "held")) await step(world, "release", 0);
  }
  throw new Error("something stood in line for ever");
}

test("whatever workers, senders and users do concurrently, each line is sent in order, one at a time", async () => {
  const property = fc.asyncProperty(fc.array(round, { minLength: 4, maxLength: 9 }), async (rounds) => {
    const world = await aWorld();
    const firstPlaces = new Map<string, { row: Row; place: number }>();
    for (const by of world.senders)
      for (let n = 0; n < 3; n += 1) await send(world, by, n === 1 ? ["DIS90"] : ["DIS91"]);
    for (const { acts, seconds } of rounds) {
      await play(world, acts);
      await check(world, firstPlaces);
      world.seconds += seconds;
    }
    await drain(world, firstPlaces);
  });
  // New random inputs each time; a failure prints its seed.
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
}, 240_000);

test("ordered and unordered endpoints share what a worker can take: the longest due goes first", async () => {
  const world = await aWorld();
  const [by = ""] = world.senders;
  const plain = await anEndpoint(db, { supplierId: world.supplierId, address: "https://example.org/plain" });
  await db
    .update(registrations)
    .set({ endpointId: plain })
    .where(and(eq(registrations.gln, world.receiver), eq(registrations.messageType, "DIS90")));
  for (const type of ["DIS90", "DIS91", "DIS90", "DIS91", "DIS90", "DIS91"] as const) {
    await send(world, by, [type]);
    world.seconds += 1;
  }
  for (let turn = 0; turn < 3; turn += 1) {
    const question = { limit: 2, leaseSeconds: 60, perEndpoint: 8, worker: "w" };
    const both = await takeDeliveries(as(world, system), question);
    expect(both.map(({ endpointId }) => endpointId).sort()).toEqual([world.endpointId, plain].sort());
    for (const delivery of both) await record(world, delivery, outcomes.success);
  }
});
