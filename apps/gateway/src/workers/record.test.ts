import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { type Attempt, type DeliveryOutcome, type TakenDelivery, takeDeliveries } from "@sor/core/deliveries";
import { listAttempts } from "@sor/core/messages";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { twoVendors } from "../testing/two-vendors.ts";
import { createRecorder } from "./record.ts";

let db: Database;
let world: Awaited<ReturnType<typeof twoVendors>>;
let taken: TakenDelivery[];

const as = (actor: Actor) => createContext(db, actor, world.deps.clock());

beforeEach(async () => {
  db = openDatabase(await testDatabaseUrl());
  world = await twoVendors(db);
  for (let at = 0; at < 4; at += 1)
    await world.send({ messages: [{ reference: `L${at}`, type: "DIS01", version: "D0134L" }] });
  taken = await takeDeliveries(as({ kind: "system", job: "test" }), {
    limit: 10,
    leaseSeconds: 60,
    perEndpoint: 10,
    worker: "w",
  });
});

afterEach(async () => {
  await closeDatabase(db);
});

const attemptOf = (delivery: Attempt["delivery"], outcome: DeliveryOutcome): Attempt => ({
  ...{ delivery, outcome, startedAt: new Date(), latencyMilliseconds: 1, responseExcerpt: null },
  ...{ worker: "w", random: 0.5, gatewayParty: "SORGATEWAY" },
});
const delivered: DeliveryOutcome = { kind: "delivered", status: 200 };

test("concurrent attempts each get their own outcome", async () => {
  const record = createRecorder(world.deps);
  const outcomes: DeliveryOutcome[] = [delivered, { kind: "refused", status: 400 }, delivered, delivered];
  const recorded = await Promise.all(
    taken.map((delivery, at) => record(attemptOf(delivery, outcomes[at] ?? delivered))),
  );
  expect(recorded.map(({ decision }) => decision)).toEqual(["done", "dead", "done", "done"]);
});

test("an attempt that cannot be recorded does not fail the others, and reports its own error", async () => {
  const record = createRecorder(world.deps, async () => undefined);
  const [first, second, third] = taken as [TakenDelivery, TakenDelivery, TakenDelivery];
  const nowhere = {
    id: "0197f000-0000-7000-8000-000000000000",
    leaseToken: first.leaseToken,
    endpointId: first.endpointId,
  };
  const ahead = record(attemptOf(first, delivered));
  const [one, two, three] = await Promise.allSettled([
    record(attemptOf(second, delivered)),
    record(attemptOf(nowhere, delivered)),
    record(attemptOf(third, delivered)),
  ]);
  expect((await ahead).decision).toBe("done");
  expect([one, three]).toMatchObject([{ value: { decision: "done" } }, { value: { decision: "done" } }]);
  expect(two).toMatchObject({ status: "rejected", reason: { message: /not there/ } });
});

test("two attempts of one delivery are recorded one after the other", async () => {
  const record = createRecorder(world.deps);
  const [first, second] = taken as [TakenDelivery, TakenDelivery];
  const recorded = await Promise.all([
    record(attemptOf(second, delivered)),
    record(attemptOf(first, { kind: "failed", status: 500 })),
    record(attemptOf(first, delivered)),
  ]);
  expect(recorded.map(({ decision }) => decision)).toEqual(["done", "retry", "done"]);
  const attempts = await listAttempts(as(world.from.key), {
    id: first.messageIds[0] ?? "",
  });
  expect(attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
    [1, "failed"],
    [2, "delivered"],
  ]);
});
