import { readEnvelope } from "@sor/edi";
import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { readDeliveryPayload, takeDeliveries } from "../deliveries/take-deliveries.ts";
import { endpoints } from "../endpoints/tables.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { journalEntries } from "../journal/tables.ts";
import { registrations } from "../message-types/tables.ts";
import { getMessage } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import { tendDeliveries } from "../redirection/tend-deliveries.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import {
  discardDeadLetter,
  discardDeadLetters,
  listDeadLetters,
  retryDeadLetter,
  retryDeadLetters,
} from "./dead-letters.ts";
import { cancelMessage, resendMessage } from "./operate-messages.ts";

const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let counter = 0;
let sender: string;
let receiver: string;
let from: Actor;
let to: Actor;
let stranger: Actor;
let mailbox: string;
let webhook: string;
const ctx = (actor: Actor) => createContext(db, actor, now);
const system = { kind: "system", job: "test" } as const;
const gatewayParty = "SORGATEWAY";

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [a, b, c] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  [from, to, stranger] = [a.key, b.key, c.key];
  [sender, receiver] = [0, 1].map(() => {
    counter += 1;
    return completeGln(`5790003${String(counter).padStart(5, "0")}`);
  }) as [string, string];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  mailbox = await anEndpoint(db, { supplierId: b.supplierId });
  webhook = await anEndpoint(db, { supplierId: b.supplierId, address: "https://example.org/in" });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
  await receives(db, receiver, webhook, [["DIS01", "D0134L"]]);
});

async function send(messages: { reference: string; type?: string; version?: string }[]) {
  const bytes = anInterchange({ sender, receiver, messages });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty });
  return interchange.messages.map(({ id }) => id);
}

/** A message that its webhook has permanently refused. */
async function aDeadLetter(...references: string[]): Promise<string> {
  const messages = references.map((reference) => ({ reference, type: "DIS01", version: "D0134L" }));
  const [id = ""] = await send(messages);
  const taken = await takeDeliveries(ctx(system), {
    limit: 100,
    leaseSeconds: 60,
    perEndpoint: 100,
    worker: "w",
  });
  const delivery = taken.find((entry) => entry.messageIds.includes(id));
  if (!delivery) throw new Error("the message was not taken");
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
  return id;
}

const stateOf = async (id: string) => (await getMessage(ctx(from), { id })).state;
const question = { limit: 10, visibilityTimeoutSeconds: 60 };

test("a message that is withdrawn in time is not handed out; the others of its delivery are", async () => {
  const [first = "", second = ""] = await send([{ reference: "M1" }, { reference: "M2" }]);
  await expect(cancelMessage(ctx(to), { id: first, reason: "ikke min" })).rejects.toMatchObject({
    code: "not-allowed",
  });
  await cancelMessage(ctx(from), { id: first, reason: "fejlsendt" });
  expect(await stateOf(first)).toBe("cancelled");
  const [entry] = await takeFromMailbox(ctx(to), { gln: receiver, ...question });
  const { bytes } = await readFromMailbox(ctx(to), { gln: receiver, id: entry?.id ?? "" });
  const { interchanges, findings } = readEnvelope(bytes);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(interchanges[0]?.messages.map(({ reference }) => reference)).toEqual(["M2"]);
  const late = cancelMessage(ctx(from), { id: second, reason: "for sent" });
  await expect(late).rejects.toMatchObject({ details: { fault: "wrong-state" } });
  const journalled = (await db.select().from(journalEntries)).filter((row) => row.subjectId === first);
  expect(journalled.map(({ outcome, comment }) => [outcome, comment])).toEqual([
    ["refused", null],
    ["done", "fejlsendt"],
  ]);
});

test("withdrawing the last message of a delivery leaves nothing to fetch", async () => {
  const [id = ""] = await send([{ reference: "M1" }]);
  await cancelMessage(ctx(from), { id, reason: "fejlsendt" });
  expect(await takeFromMailbox(ctx(to), { gln: receiver, ...question })).toEqual([]);
});

test("a dead letter is shown to both sides by cause, and either can retry it", async () => {
  const id = await aDeadLetter("D1");
  const cause = { reason: "receiver-refused", receiver, messageType: "DIS01", count: 1 };
  expect(await listDeadLetters(ctx(from))).toMatchObject([cause]);
  expect(await listDeadLetters(ctx(to))).toMatchObject([cause]);
  expect(await listDeadLetters(ctx(stranger))).toEqual([]);
  await expect(retryDeadLetter(ctx(stranger), { id, reason: "nysgerrig" })).rejects.toMatchObject({
    code: "not-found",
  });
  await retryDeadLetter(ctx(to), { id, reason: "rettet hos os" });
  expect(await stateOf(id)).toBe("queued");
  const again = await takeDeliveries(ctx(system), {
    limit: 100,
    leaseSeconds: 60,
    perEndpoint: 100,
    worker: "w",
  });
  expect(again.flatMap(({ messageIds }) => messageIds)).toContain(id);
});

test("a discarded dead letter is reported to its sender once, and cannot be revived", async () => {
  const id = await aDeadLetter("D1");
  await discardDeadLetter(ctx(from), { id, reason: "sendt på anden vis", gatewayParty });
  const reports = await takeFromMailbox(ctx(from), { gln: sender, ...question });
  expect(reports.map(({ messages }) => messages.map(({ messageType }) => messageType))).toEqual([["CTL01"]]);
  for (const again of [
    () => retryDeadLetter(ctx(to), { id, reason: "for sent" }),
    () => resendMessage(ctx(from), { id, reason: "for sent" }),
    () => discardDeadLetter(ctx(from), { id, reason: "for sent", gatewayParty }),
  ]) {
    await expect(again()).rejects.toMatchObject({ details: { fault: "wrong-state", state: "expired" } });
  }
});

test("a whole group of dead letters is counted, retried or discarded, as far as the actor may", async () => {
  const first = await aDeadLetter("D1", "D2");
  await aDeadLetter("D3");
  const group = { reason: "receiver-refused", receiver, messageType: "DIS01" } as const;
  const dryRun = await retryDeadLetters(ctx(to), { group, reason: "prøve", dryRun: true });
  expect(dryRun).toEqual({ matched: 3, done: 3, refused: {}, remaining: 0 });
  const none = { matched: 0, done: 0, refused: {}, remaining: 0 };
  expect(await retryDeadLetters(ctx(stranger), { group, reason: "nysgerrig" })).toEqual(none);
  await discardDeadLetter(ctx(from), { id: first, reason: "sendt på anden vis", gatewayParty });
  expect(await retryDeadLetters(ctx(to), { group, reason: "rettet" })).toEqual({
    ...{ matched: 2, done: 2, refused: {}, remaining: 0 },
  });
  expect(await discardDeadLetters(ctx(to), { group, reason: "for sent", gatewayParty })).toEqual(none);
  const question = { limit: 100, leaseSeconds: 60, perEndpoint: 100, worker: "w" };
  const again = (await takeDeliveries(ctx(system), question)).filter((taken) => taken.endpointId === webhook);
  const sent = await Promise.all(again.map((taken) => readDeliveryPayload(ctx(system), taken)));
  const references = sent.flatMap((bytes) =>
    readEnvelope(bytes).interchanges.flatMap(({ messages }) => messages.map(({ reference }) => reference)),
  );
  expect(references.sort()).toEqual(["D2", "D3"]);
});

test("a message under way is not resent", async () => {
  const [id = ""] = await send([{ reference: "M1" }]);
  await expect(resendMessage(ctx(from), { id, reason: "utålmodig" })).rejects.toMatchObject({
    details: { fault: "wrong-state", state: "queued" },
  });
});

test("waiting messages of an endpoint that is paused are held, and go on when it resumes", async () => {
  const [id = ""] = await send([{ reference: "M1" }]);
  const tend = () => tendDeliveries(ctx(system), { gatewayParty, limit: 100 });
  await db.update(endpoints).set({ state: "paused" }).where(eq(endpoints.id, mailbox));
  await tend();
  expect(await getMessage(ctx(from), { id })).toMatchObject({ state: "held", reason: "paused" });
  expect(await takeFromMailbox(ctx(to), { gln: receiver, ...question })).toEqual([]);
  const [other = ""] = await send([{ reference: "M2" }]);
  expect(await stateOf(other)).toBe("held");
  await db.update(endpoints).set({ state: "active" }).where(eq(endpoints.id, mailbox));
  await tend();
  expect([await stateOf(id), await stateOf(other)]).toEqual(["queued", "queued"]);
  expect((await takeFromMailbox(ctx(to), { gln: receiver, ...question })).length).toBe(2);
});

test("waiting messages of an endpoint that is closed go where they are received now, or back", async () => {
  const [moved = ""] = await send([{ reference: "M1" }]);
  const [lost = ""] = await send([{ reference: "M2", type: "DIS01", version: "D0134L" }]);
  await db.update(registrations).set({ endpointId: webhook }).where(eq(registrations.endpointId, mailbox));
  await db.update(endpoints).set({ state: "closed" }).where(eq(endpoints.id, mailbox));
  await tendDeliveries(ctx(system), { gatewayParty, limit: 100 });
  expect((await getMessage(ctx(from), { id: moved })).delivery).toMatchObject({
    endpointId: webhook,
    transport: "webhook",
  });
  await db.update(endpoints).set({ state: "closed" }).where(eq(endpoints.id, webhook));
  await tendDeliveries(ctx(system), { gatewayParty, limit: 100 });
  for (const id of [moved, lost]) {
    expect(await getMessage(ctx(from), { id })).toMatchObject({
      state: "expired",
      reason: "endpoint-closed",
    });
  }
  const reports = await takeFromMailbox(ctx(from), { gln: sender, ...question });
  expect(reports.length).toBe(2);
});
