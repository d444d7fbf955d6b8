import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { takeDeliveries } from "../deliveries/take-deliveries.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import type { Actor } from "../permissions/index.ts";
import { cancelMessage } from "../steering/operate-messages.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { measureSla } from "./measure-sla.ts";
import { Period, SlaQuestion } from "./schemas.ts";

const start = new Date("2026-03-01T10:00:00Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
let db: Database;
let counter = 0;
let sender: string;
let receiver: string;
let from: Actor;
let to: Actor;
let stranger: Actor;
const system: Actor = { kind: "system", job: "test" };

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [a, b, c] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  [from, to, stranger] = [a.key, b.key, c.key];
  [sender, receiver] = [0, 1].map(() => {
    counter += 1;
    return completeGln(`5790005${String(counter).padStart(5, "0")}`);
  }) as [string, string];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  const webhook = await anEndpoint(db, { supplierId: b.supplierId, address: "https://example.org/in" });
  await receives(db, receiver, webhook, [["DIS01", "D0134L"]]);
});

async function send(reference: string, acknowledgement: "0" | "1" = "0", version = "D0134L") {
  const messages = [{ reference, type: "DIS01", version }];
  const bytes = anInterchange({ sender, receiver, messages, acknowledgement });
  const ctx = createContext(db, from, start);
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  return interchange.messages[0]?.id ?? "";
}

/** The webhook answers one message so many seconds after it arrived. */
async function answer(id: string, seconds: number, outcome: "delivered" | "refused" = "delivered") {
  const ctx = createContext(db, system, after(seconds));
  const question = { limit: 100, leaseSeconds: 0, perEndpoint: 100, worker: "w" };
  const delivery = (await takeDeliveries(ctx, question)).find(({ messageIds }) => messageIds.includes(id));
  if (!delivery) throw new Error("the message was not taken");
  await recordAttempt(ctx, {
    ...{ delivery, outcome: { kind: outcome, status: outcome === "delivered" ? 200 : 410 } as never },
    ...{ startedAt: after(seconds), latencyMilliseconds: 3, responseExcerpt: null, worker: "w" },
    ...{ random: 0.5, gatewayParty: "SORGATEWAY" },
  });
}

const ask = async (actor: Actor, more: Record<string, unknown> = {}, at = after(3600)) => {
  const question = SlaQuestion.parse({ receiver, target: 60, ...more });
  return await measureSla(createContext(db, actor, at), { ...question, target: question.target ?? 60 });
};

test("a message between two location numbers of one supplier is counted once", async () => {
  if (from.kind !== "key") throw new Error("a vendor is a key");
  const { supplierId } = from;
  counter += 1;
  receiver = completeGln(`5790005${String(counter).padStart(5, "0")}`);
  await aLocation(db, { gln: receiver, supplierId });
  const webhook = await anEndpoint(db, { supplierId, address: "https://example.org/own" });
  await receives(db, receiver, webhook, [["DIS01", "D0134L"]]);
  await answer(await send("OWN"), 5);
  expect(await ask(from)).toMatchObject({ counted: 1, delivered: 1, secondsToDelivered: { p50: 5 } });
});

test("percentiles, messages within the target, and messages under way are counted, the same for both sides", async () => {
  const ids: string[] = [];
  for (let at = 1; at <= 4; at += 1) ids.push(await send(`S${at}`));
  const [a = "", b = "", c = "", d = ""] = ids;
  await answer(a, 10);
  await answer(b, 20);
  await answer(c, 90);
  await answer(d, 100, "refused");
  await send("S5");
  const found = await ask(from);
  expect(found).toMatchObject({
    ...{ counted: 5, isComplete: true, delivered: 3, waiting: 1, notDelivered: 1, targetSeconds: 60 },
    secondsToDelivered: { p50: 20, p90: 76, p99: 88.6 },
    withinTarget: { due: 5, met: 2, percent: 40 },
  });
  expect(await ask(to)).toEqual(found);
});

test("a message still within the target is not counted in the share", async () => {
  await send("S1");
  expect((await ask(from, {}, after(30))).withinTarget).toEqual({ due: 0, met: 0, percent: null });
  expect((await ask(from, {}, after(60))).withinTarget).toEqual({ due: 1, met: 0, percent: 0 });
});

test("others see nothing of it", async () => {
  const id = await send("S1", "1");
  await answer(id, 10);
  expect(await ask(stranger)).toMatchObject({
    ...{ counted: 0, delivered: 0, secondsToDelivered: { p50: null, p90: null, p99: null } },
    receipts: { asked: 0, outstanding: 0 },
  });
});

test("rejected or withdrawn messages are not counted", async () => {
  await send("S1", "0", "D9999X");
  const id = await send("S2");
  await cancelMessage(createContext(db, from, start), { id, reason: "fejlsendt" });
  expect(await ask(from)).toMatchObject({ counted: 0, withinTarget: { due: 0 } });
});

test("requested receipts that are missing are outstanding from when the message was delivered", async () => {
  const id = await send("S1", "1");
  await send("S2", "1");
  await answer(id, 10);
  expect((await ask(to)).receipts).toEqual({
    ...{ asked: 2, outstanding: 1, overdue: 0, oldestOutstandingAt: after(10).toISOString() },
  });
});

test("type, sender and period narrow the selection", async () => {
  const id = await send("S1");
  await answer(id, 10);
  expect((await ask(from, { type: "dis01", sender })).counted).toBe(1);
  expect((await ask(from, { type: "DIS91" })).counted).toBe(0);
  expect((await ask(from, { sender: receiver })).counted).toBe(0);
  expect((await ask(from, { period: "PT1H" }, after(3601))).counted).toBe(0);
});

test.each(["P0D", "P32D", "PT800H", "P1Y", "7", "P1DT1H"])("the period %s is refused", (text) => {
  expect(Period.safeParse(text).success).toBe(false);
});
