import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { quarantines } from "../acceptance/tables.ts";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { takeDeliveries } from "../deliveries/take-deliveries.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { getMessage } from "../messages/read-messages.ts";
import { deliveries, messages } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aPerson,
  aVendor,
  receives,
  testDatabase,
  untilLockWaits,
} from "../testing/index.ts";
import { approveRelease, listApprovals } from "./approvals.ts";
import { discardDeadLetter } from "./dead-letters.ts";
import { holdMessage, releaseMessage } from "./hold-messages.ts";
import { cancelMessage } from "./operate-messages.ts";
import { rerouteMessage } from "./reroute-messages.ts";

const now = new Date("2026-03-01T10:00:00Z");
const [sender, receiver] = ["5790000120420", "5790000128686"];
const gatewayParty = "SORGATEWAY";
const reason = "prøve";
const work = { limit: 10, leaseSeconds: 60, perEndpoint: 10, worker: "w" };
let db: Database;
let from: Actor;
let to: Actor;
let other: string;
let toId: string;
let ids: string[];
const ctx = (actor: Actor) => createContext(db, actor, now);
const system = { kind: "system", job: "test" } as const;

beforeEach(async () => {
  db = await testDatabase();
  const [a, b] = [await aVendor(db), await aVendor(db)];
  [from, to] = [a.key, b.key];
  toId = b.supplierId;
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  const webhook = (path: string) =>
    anEndpoint(db, { supplierId: b.supplierId, address: `https://example.org/${path}` });
  await receives(db, receiver, await webhook("in"), [["DIS91", "D9134L"]]);
  other = await webhook("other");
  const bytes = anInterchange({ sender, receiver, messages: [{ reference: "M1" }, { reference: "M2" }] });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty });
  ids = interchange.messages.map((message) => message.id);
});

test("a message withdrawn and rerouted concurrently is either withdrawn or sent, never both", async () => {
  const [id = ""] = ids;
  const { rerouting, withdrawing } = await db.transaction(async (tx) => {
    await tx.select().from(deliveries).for("update");
    const rerouting = rerouteMessage(ctx(to), { id, endpointId: other, reason });
    await untilLockWaits(db, 1);
    const withdrawing = cancelMessage(ctx(from), { id, reason }).then(
      () => true,
      () => false,
    );
    await untilLockWaits(db, 2);
    return { rerouting, withdrawing };
  });
  await rerouting;
  const isWithdrawn = await withdrawing;
  expect((await getMessage(ctx(from), { id })).state).toBe(isWithdrawn ? "cancelled" : "queued");
  const taken = await takeDeliveries(ctx(system), work);
  expect(taken.filter(({ endpointId }) => endpointId === other)).toHaveLength(isWithdrawn ? 0 : 1);
  expect(taken.every(({ messageIds }) => messageIds.length === 1)).toBe(true);
});

test("discarding a dead letter waits for the transaction that has locked its delivery, without a deadlock", async () => {
  const [id = ""] = ids;
  const [delivery] = await takeDeliveries(ctx(system), work);
  if (!delivery) throw new Error("nothing was taken");
  await recordAttempt(ctx(system), {
    delivery,
    outcome: { kind: "refused", status: 410 },
    startedAt: now,
    latencyMilliseconds: 3,
    responseExcerpt: null,
    worker: "w",
    random: 0.5,
    gatewayParty,
  });
  // One message is left, so that its delivery ends with it.
  await discardDeadLetter(ctx(from), { id: ids[1] ?? "", reason, gatewayParty });
  const discarding = await db.transaction(async (tx) => {
    await tx.select().from(deliveries).where(eq(deliveries.id, delivery.id)).for("update");
    const discarding = discardDeadLetter(ctx(from), { id, reason, gatewayParty });
    await untilLockWaits(db, 1);
    await tx.select().from(messages).where(eq(messages.deliveryId, delivery.id)).for("update");
    return { done: discarding };
  });
  expect(await discarding.done).toMatchObject({ state: "expired" });
});

test("approving a release fails when the request is withdrawn concurrently", async () => {
  const [id = ""] = ids;
  const people = [await aPerson(db, toId, now), await aPerson(db, toId, now)] as const;
  await holdMessage(ctx(to), { id, reason, takesTwo: true });
  await releaseMessage(ctx(people[0]), { id, reason });
  const approving = await db.transaction(async (tx) => {
    await tx.select().from(deliveries).for("update");
    const approving = approveRelease(ctx(people[1]), { id, reason }).catch((error: unknown) => error);
    await untilLockWaits(db, 1);
    await tx.update(quarantines).set({ releaseAskedBy: null });
    return { done: approving };
  });
  expect(await approving.done).toMatchObject({ details: { fault: "nothing-to-approve" } });
  expect(await listApprovals(ctx(to))).toMatchObject([{ waitsFor: "first" }]);
});
