import { readEnvelope } from "@sor/edi";
import { and, eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { takeDeliveries } from "../deliveries/take-deliveries.ts";
import { endpoints } from "../endpoints/tables.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { registrations } from "../message-types/tables.ts";
import { getInterchange } from "../messages/read-interchanges.ts";
import { getMessage, listMessageEvents } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import { followMovedLocations, tendDeliveries } from "../redirection/tend-deliveries.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aPerson,
  aVendor,
  receives,
  testDatabase,
} from "../testing/index.ts";
import { holdMessage, releaseMessage } from "./hold-messages.ts";
import { rerouteMessage, rerouteMessages } from "./reroute-messages.ts";

const gatewayParty = "SORGATEWAY";
const reason = "modtageren er flyttet";
const system = { kind: "system", job: "test" } as const;
let db: Database;
let now: Date;
let counter = 0;
let sender: string;
let receiver: string;
let from: Actor;
let to: Actor;
let stranger: Actor;
let supplierId: string;
let mailbox: string;
let webhook: string;
let spare: string;
const ctx = (actor: Actor) => createContext(db, actor, now);

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  now = new Date("2026-03-01T10:00:00Z");
  const [a, b, c] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  [from, to, stranger] = [a.key, b.key, c.key];
  supplierId = b.supplierId;
  [sender, receiver] = [0, 1].map(() => {
    counter += 1;
    return completeGln(`5790005${String(counter).padStart(5, "0")}`);
  }) as [string, string];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId });
  mailbox = await anEndpoint(db, { supplierId });
  spare = await anEndpoint(db, { supplierId });
  webhook = await anEndpoint(db, { supplierId, address: "https://example.org/in" });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
  await receives(db, receiver, webhook, [["DIS01", "D0134L"]]);
});

const dis01 = (reference: string) => ({ reference, type: "DIS01", version: "D0134L" });

async function send(messages: { reference: string; type?: string; version?: string }[]) {
  const bytes = anInterchange({ sender, receiver, messages, acknowledgement: "1" });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty });
  return { interchange, ids: interchange.messages.map(({ id }) => id) as [string, string] };
}

async function attempt(outcome: { kind: "refused"; status: number } | { kind: "unknown"; error: string }) {
  const question = { limit: 100, leaseSeconds: 60, perEndpoint: 100, worker: "w" };
  for (const delivery of await takeDeliveries(ctx(system), question)) {
    await recordAttempt(ctx(system), {
      ...{ delivery, outcome, startedAt: now, latencyMilliseconds: 3, responseExcerpt: null },
      ...{ worker: "w", random: 0.5, gatewayParty },
    });
  }
}

async function fetched(): Promise<{ reference: string; messages: string[] }[]> {
  const question = { gln: receiver, limit: 100, visibilityTimeoutSeconds: 60 };
  const entries = await takeFromMailbox(ctx(to), question);
  const all = [];
  for (const { id, controlReference } of entries) {
    const { bytes } = await readFromMailbox(ctx(to), { gln: receiver, id });
    const { interchanges, findings } = readEnvelope(bytes);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(interchanges[0]?.reference).toBe(controlReference);
    const messages = interchanges[0]?.messages.map(({ reference }) => reference) ?? [];
    all.push({ reference: controlReference, messages });
  }
  if (entries.length > 0) {
    await acknowledgeMailbox(ctx(to), { gln: receiver, ids: entries.map(({ id }) => id) });
  }
  return all;
}

const register = (type: string, endpointId: string) =>
  db
    .update(registrations)
    .set({ endpointId })
    .where(and(eq(registrations.gln, receiver), eq(registrations.messageType, type)));
const stateOf = async (id: string) => (await getMessage(ctx(from), { id })).state;
const eventsOf = async (id: string) => (await listMessageEvents(ctx(from), { id })).map(({ event }) => event);

test("a dead letter is rerouted by the current register with a new envelope id, and its receipt is matched", async () => {
  const { interchange, ids } = await send([dis01("M1")]);
  const [id] = ids;
  await attempt({ kind: "refused", status: 410 });
  expect(await stateOf(id)).toBe("dead");
  await register("DIS01", mailbox);
  const moved = await rerouteMessage(ctx(to), { id, reason });
  expect(moved).toMatchObject({ state: "queued", endpointId: mailbox, isNewEnvelope: true });
  const [delivered] = await fetched();
  expect(delivered?.messages).toEqual(["M1"]);
  expect(delivered?.reference).not.toBe(interchange.controlReference);
  expect(await stateOf(id)).toBe("delivered");
  const renewed = await getInterchange(ctx(from), { id: moved.interchangeId });
  expect(renewed).toMatchObject({ kind: "resent", originId: interchange.id, messages: [{ id }] });

  const receipt = [
    "UNA:+.? '",
    `UNB+UNOC:3+${receiver}:14+${sender}:14+260301:1200+E1'`,
    "UNH+R1+CONTRL:D:93A:ZZ:C0330Q+CTL03'",
    `UCI+${delivered?.reference}+${sender}:14+${receiver}:14+7'`,
    "UCM+M1+MEDDIS:D:93A:UN:D0134L+7'",
    "UNT+4+R1'UNZ+1+E1'",
  ].join("");
  await acceptInterchange(ctx(to), { bytes: Buffer.from(receipt), gatewayParty });
  expect(await stateOf(id)).toBe("receipted-positive");
});

test("a waiting message keeps its envelope id, so that the receiver can detect a duplicate", async () => {
  const { interchange, ids } = await send([dis01("M1"), dis01("M2")]);
  await attempt({ kind: "unknown", error: "timeout" });
  for (const id of ids) expect(await stateOf(id)).toBe("queued");
  await register("DIS01", mailbox);
  now = new Date(now.getTime() + 60_000);
  expect(await followMovedLocations(ctx(system), { gatewayParty, limit: 10 })).toBe(1);
  expect(await fetched()).toEqual([{ reference: interchange.controlReference, messages: ["M1", "M2"] }]);
  expect(await eventsOf(ids[0])).toContain("rerouted");
});

test("messages that were sent together and are split get different envelope ids", async () => {
  const { interchange, ids } = await send([dis01("M1"), dis01("M2")]);
  await attempt({ kind: "unknown", error: "timeout" });
  await register("DIS01", mailbox);
  const moved = await rerouteMessage(ctx(from), { id: ids[1], reason });
  expect(moved.isNewEnvelope).toBe(true);
  const [own] = await fetched();
  expect(own?.messages).toEqual(["M2"]);
  expect(own?.reference).not.toBe(interchange.controlReference);
  expect((await getMessage(ctx(from), { id: ids[0] })).delivery?.endpointId).toBe(webhook);
});

test("a message that follows its location number to where others of its envelope went gets a new envelope id", async () => {
  const { interchange, ids } = await send([{ reference: "M1" }, dis01("M2")]);
  expect((await fetched()).map(({ reference }) => reference)).toEqual([interchange.controlReference]);
  await db.update(endpoints).set({ state: "closed" }).where(eq(endpoints.id, webhook));
  await register("DIS01", mailbox);
  await tendDeliveries(ctx(system), { gatewayParty, limit: 100 });
  const [second] = await fetched();
  expect(second?.messages).toEqual(["M2"]);
  expect(second?.reference).not.toBe(interchange.controlReference);
  expect(await stateOf(ids[1])).toBe("delivered");
});

test("only the messages of an envelope that are received elsewhere now move; the others stay", async () => {
  await receives(db, receiver, webhook, [["DIS05", "D0534L"]]);
  const { ids } = await send([dis01("M1"), { reference: "M2", type: "DIS05", version: "D0534L" }]);
  await register("DIS05", mailbox);
  now = new Date(now.getTime() + 60_000);
  await followMovedLocations(ctx(system), { gatewayParty, limit: 10 });
  expect((await fetched()).map(({ messages }) => messages)).toEqual([["M2"]]);
  expect((await getMessage(ctx(from), { id: ids[0] })).delivery?.endpointId).toBe(webhook);
  expect(await followMovedLocations(ctx(system), { gatewayParty, limit: 10 })).toBe(0);
});

test("the receiver may choose an endpoint of its own where the type is not registered; it stays there", async () => {
  const { ids } = await send([dis01("M1")]);
  const input = { id: ids[0], endpointId: spare, reason };
  await expect(rerouteMessage(ctx(from), input)).rejects.toMatchObject({
    details: { fault: "no-such-way", reason: "not-received-there" },
  });
  await rerouteMessage(ctx(to), input);
  now = new Date(now.getTime() + 60_000);
  await followMovedLocations(ctx(system), { gatewayParty, limit: 10 });
  expect((await getMessage(ctx(from), { id: ids[0] })).delivery).toMatchObject({ endpointId: spare });
  expect((await fetched()).length).toBe(1);
});

test("nobody can reroute another's message, nor to a third party's endpoint, nor to a closed one", async () => {
  const { ids } = await send([dis01("M1")]);
  const [id] = ids;
  await expect(rerouteMessage(ctx(stranger), { id, reason })).rejects.toMatchObject({ code: "not-found" });
  const foreign = await anEndpoint(db, { supplierId: (await aVendor(db)).supplierId });
  const closed = await anEndpoint(db, { supplierId });
  await db.update(endpoints).set({ state: "closed" }).where(eq(endpoints.id, closed));
  for (const endpointId of [foreign, closed, "0196f1f0-0000-7000-8000-000000000000"]) {
    expect(await rerouteMessages(ctx(to), { ids: [id], endpointId, reason })).toEqual([
      { id, refused: "not-received-there" },
    ]);
  }
  expect(await rerouteMessages(ctx(to), { ids: [id], reason })).toEqual([{ id, refused: "already-there" }]);
});

test("what is being sent or has been delivered cannot be rerouted", async () => {
  const { ids } = await send([{ reference: "M1" }]);
  await takeFromMailbox(ctx(to), { gln: receiver, limit: 1, visibilityTimeoutSeconds: 60 });
  const input = { id: ids[0], endpointId: spare, reason };
  await expect(rerouteMessage(ctx(to), input)).rejects.toMatchObject({ details: { fault: "wrong-state" } });
  now = new Date(now.getTime() + 120_000);
  await rerouteMessage(ctx(to), input);
  expect((await fetched()).length).toBe(1);
  await expect(rerouteMessage(ctx(to), { ...input, endpointId: mailbox })).rejects.toMatchObject({
    details: { fault: "wrong-state", state: "delivered" },
  });
});

test("a held message stays held whatever the endpoint does, the others go on, and two persons release it", async () => {
  const { interchange, ids } = await send([{ reference: "M1" }, { reference: "M2" }]);
  const [id] = ids;
  await holdMessage(ctx(to), { id, reason: "forkert patient?", takesTwo: true });
  await tendDeliveries(ctx(system), { gatewayParty, limit: 100 });
  await expect(rerouteMessage(ctx(to), { id, endpointId: spare, reason })).rejects.toMatchObject({
    details: { fault: "second-person-needed" },
  });
  expect(await getMessage(ctx(from), { id })).toMatchObject({ state: "held", reason: "quarantine" });
  expect(await fetched()).toEqual([{ reference: interchange.controlReference, messages: ["M2"] }]);
  const [one, two] = [await aPerson(db, supplierId, now), await aPerson(db, supplierId, now)];
  expect(await releaseMessage(ctx(one), { id, reason })).toMatchObject({ isReleased: false, state: "held" });
  await expect(releaseMessage(ctx(stranger), { id, reason })).rejects.toMatchObject({ code: "not-found" });
  expect(await releaseMessage(ctx(two), { id, reason })).toMatchObject({ isReleased: true, state: "queued" });
  const [own] = await fetched();
  expect(own?.messages).toEqual(["M1"]);
  expect(own?.reference).not.toBe(interchange.controlReference);
});

test("a message held because its endpoint is paused cannot be released by a user", async () => {
  await db.update(endpoints).set({ state: "paused" }).where(eq(endpoints.id, mailbox));
  const { ids } = await send([{ reference: "M1" }]);
  await expect(releaseMessage(ctx(to), { id: ids[0], reason })).rejects.toMatchObject({
    details: { fault: "endpoint-paused" },
  });
});
