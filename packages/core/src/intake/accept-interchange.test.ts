import { readEnvelope } from "@sor/edi";
import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { journalEntries } from "../journal/tables.ts";
import { getMessage, listMessageEvents } from "../messages/read-messages.ts";
import { deliveries, interchanges, messageEvents, messages } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  newGln,
  receives,
  testDatabase,
} from "../testing/index.ts";
import { payloads } from "../vault/tables.ts";
import { acceptInterchange } from "./accept-interchange.ts";

let db: Database;
let sender: string;
let receiver: string;
let sendingKey: Actor;
let receivingKey: Actor;
let supplierId: string;
const now = new Date("2026-03-01T10:00:00Z");
const ctx = (actor: Actor, at = now) => createContext(db, actor, at);
const send = (bytes: Buffer, more: { idempotencyKey?: string; actor?: Actor } = {}) =>
  acceptInterchange(ctx(more.actor ?? sendingKey), {
    bytes,
    gatewayParty: "SORGATEWAY",
    idempotencyKey: more.idempotencyKey,
  });
const question = { limit: 10, visibilityTimeoutSeconds: 300 };
const pull = (gln: string, actor: Actor, at = now) => takeFromMailbox(ctx(actor, at), { gln, ...question });
const textOf = async (gln: string, id: string, actor: Actor) =>
  (await readFromMailbox(ctx(actor), { gln, id })).bytes.toString("latin1");

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [from, to] = [await aVendor(db), await aVendor(db)];
  sender = newGln();
  receiver = newGln();
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId: to.supplierId }), [["DIS91", "D9134L"]]);
  sendingKey = from.key;
  receivingKey = to.key;
  supplierId = to.supplierId;
});

describe("a message that can be routed", () => {
  test("waits in the receiver's mailbox byte for byte, and is delivered when it is acknowledged", async () => {
    const bytes = anInterchange({ sender, receiver, messages: [{ reference: "L1", text: "Grød på åen" }] });
    const { interchange } = await send(bytes);
    expect(interchange.messages.map(({ state, reference }) => [state, reference])).toEqual([
      ["queued", "L1"],
    ]);
    const [entry] = await pull(receiver, receivingKey);
    expect(entry?.interchangeId).toBe(interchange.id);
    const read = await readFromMailbox(ctx(receivingKey), { gln: receiver, id: entry?.id ?? "" });
    expect(read.bytes.equals(bytes)).toBe(true);
    expect(read.contentType).toBe("application/EDIFACT; charset=iso-8859-1");
    expect(await pull(receiver, receivingKey)).toEqual([]);
    const ids = [entry?.id ?? ""];
    expect((await acknowledgeMailbox(ctx(receivingKey), { gln: receiver, ids })).acknowledged).toEqual(ids);
    expect((await acknowledgeMailbox(ctx(receivingKey), { gln: receiver, ids })).acknowledged).toEqual(ids);
    const message = await getMessage(ctx(sendingKey), { id: interchange.messages[0]?.id ?? "" });
    expect(message.states.map(({ state }) => state)).toEqual([
      "received",
      "validated",
      "routed",
      "queued",
      "delivering",
      "delivered",
    ]);
  });

  test("is handed out again when its lease expires without an acknowledgement", async () => {
    await send(anInterchange({ sender, receiver }));
    const [first] = await pull(receiver, receivingKey);
    const later = new Date(now.getTime() + 301_000);
    const [again] = await pull(receiver, receivingKey, later);
    expect(again?.id).toBe(first?.id);
    expect(again?.timesHandedOut).toBe(2);
  });

  test("is carried in an interchange of its own where another message of the envelope goes elsewhere", async () => {
    const elsewhere = await anEndpoint(db, { supplierId });
    await receives(db, receiver, elsewhere, [["DIS01", "D0134L"]]);
    const messages = [
      { reference: "A1" },
      { reference: "B2", type: "DIS01", version: "D0134L" },
      { reference: "C3" },
    ];
    await send(anInterchange({ sender, receiver, reference: "ENV1", messages }));
    const entries = await pull(receiver, receivingKey);
    expect(entries.map((entry) => entry.messages.map(({ reference }) => reference)).sort()).toEqual([
      ["A1", "C3"],
      ["B2"],
    ]);
    for (const entry of entries) {
      const { bytes } = await readFromMailbox(ctx(receivingKey), { gln: receiver, id: entry.id });
      const { interchanges: read, findings } = readEnvelope(bytes);
      expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(read[0]?.reference).toBe("ENV1");
      expect(read[0]?.messages.map(({ reference }) => reference)).toEqual(
        entry.messages.map(({ reference }) => reference),
      );
    }
  });
});

describe("a message that cannot be routed is answered by a CONTRL in the sender's mailbox", () => {
  const refusalOf = async (bytes: Buffer) => {
    const { interchange } = await send(bytes);
    const entries = await pull(sender, sendingKey);
    const text = entries[0] ? await textOf(sender, entries[0].id, sendingKey) : "";
    return { interchange, entries, text };
  };

  test("VER when the version is not received", async () => {
    const messages = [{ reference: "L7", version: "D9133L" }];
    const { interchange, entries, text } = await refusalOf(
      anInterchange({ sender, receiver, reference: "E7", messages }),
    );
    expect(interchange.messages[0]).toMatchObject({ state: "rejected", reason: "VER" });
    expect(entries[0]?.messages[0]).toMatchObject({ messageType: "CTL01", version: "C0130Q" });
    expect(text).toContain(`UNB+UNOC:3+SORGATEWAY:14+${sender}:14+260301:1100+`);
    expect(text).toContain(`UCI+E7+${sender}:14+${receiver}:14+4'`);
    expect(text).toContain("UCM+L7+MEDDIS:D:93A:UN:D9133L+4'FTX+VER+P00++");
    const message = await getMessage(ctx(sendingKey), { id: interchange.messages[0]?.id ?? "" });
    expect(message.receiptMessageId).toBe(entries[0]?.messages[0]?.id);
  });

  test("LOK when the location number is unknown, or closed", async () => {
    expect((await refusalOf(anInterchange({ sender, receiver: newGln() }))).text).toContain("FTX+LOK+P00++");
    const closed = newGln();
    await aLocation(db, { gln: closed, supplierId, validTo: "2026-02-01" });
    await acknowledgeMailbox(ctx(sendingKey), { gln: sender, ids: [] });
    const { interchange } = await send(anInterchange({ sender, receiver: closed }));
    expect(interchange.messages[0]).toMatchObject({ state: "rejected", reason: "LOK" });
  });

  test("MID when the receiver is not a location number, or is out of use", async () => {
    expect((await refusalOf(anInterchange({ sender, receiver: "DKVANS" }))).text).toContain("FTX+MID+P00++");
    const inactive = newGln();
    await aLocation(db, { gln: inactive, supplierId, nonActive: true });
    const { interchange } = await send(anInterchange({ sender, receiver: inactive }));
    expect(interchange.messages[0]).toMatchObject({ state: "rejected", reason: "MID" });
  });

  test("SYN when the message is invalid; the valid one beside it is carried", async () => {
    const sound = anInterchange({
      sender,
      receiver,
      reference: "E9",
      messages: [{ reference: "L1" }, { reference: "L2" }],
    });
    const broken = Buffer.from(sound.toString("latin1").replace("UNT+4+L2'", "UNT+9+L2'"), "latin1");
    const { interchange, text } = await refusalOf(broken);
    expect(interchange.messages.map(({ state, reason }) => [state, reason])).toEqual([
      ["queued", null],
      ["rejected", "SYN"],
    ]);
    expect(text).toContain(`UCI+E9+${sender}:14+${receiver}:14+7'`);
    expect(text).toContain("UCM+L2+MEDDIS:D:93A:UN:D9134L+4'FTX+SYN+P00++");
    expect(text).not.toContain("UCM+L1");
    const [entry] = await pull(receiver, receivingKey);
    expect(entry?.messages.map(({ reference }) => reference)).toEqual(["L1"]);
  });

  test("a receipt is never answered by a receipt: it becomes a dead letter", async () => {
    const contrl = Buffer.from(
      [
        "UNA:+.? '",
        `UNB+UNOC:3+${sender}:14+${receiver}:14+260301:1200+R1'`,
        "UNH+R2+CONTRL:D:93A:ZZ:C0330Q+CTL03'",
        `UCI+NOSUCH+${receiver}:14+${sender}:14+7'`,
        "UNT+3+R2'",
        "UNZ+1+R1'",
      ].join(""),
    );
    const { interchange, entries } = await refusalOf(contrl);
    expect(interchange.messages[0]).toMatchObject({ state: "dead", reason: "no-route-for-receipt" });
    expect(entries).toEqual([]);
  });
});

describe("a submission that is refused as a whole", () => {
  const counts = async () => [
    await db.$count(interchanges),
    await db.$count(messages),
    await db.$count(messageEvents),
    await db.$count(payloads),
    await db.$count(deliveries),
  ];

  test("stores nothing and is journalled without contents when the key may not send for the sender", async () => {
    const before = await counts();
    const bytes = anInterchange({ sender, receiver, messages: [{ reference: "HEMMELIG1" }] });
    await expect(send(bytes, { actor: receivingKey })).rejects.toMatchObject({ code: "not-allowed" });
    expect(await counts()).toEqual(before);
    const [entry] = await db
      .select()
      .from(journalEntries)
      .where(eq(journalEntries.outcome, "refused"))
      .orderBy(sql`sequence desc`)
      .limit(1);
    expect(entry).toMatchObject({ action: "interchange.send", glns: [sender] });
    expect(JSON.stringify(entry)).not.toContain("HEMMELIG1");
  });

  test.each([
    ["nothing", ""],
    ["no EDIFACT", "Hello, world, this is no message"],
    ["an envelope without messages", "UNB+UNOC:3+1:14+2:14+260301:1200+E1'UNZ+0+E1'"],
    [
      "an envelope without sender",
      "UNB+UNOC:3++2:14+260301:1200+E1'UNH+1+MEDDIS:D:93A:UN:D9134L+DIS91'UNT+2+1'UNZ+1+E1'",
    ],
  ])("%s is refused with findings that name the place", async (_, text) => {
    const before = await counts();
    await expect(send(Buffer.from(text))).rejects.toMatchObject({ code: "invalid" });
    expect(await counts()).toEqual(before);
  });
});

test("every state of a message has its event, written in the same transaction", async () => {
  const { interchange } = await send(anInterchange({ sender, receiver }));
  const events = await listMessageEvents(ctx(sendingKey), { id: interchange.messages[0]?.id ?? "" });
  expect(events.map(({ event, from, to }) => [event, from, to])).toEqual([
    ["taken-in", null, "received"],
    ["found-valid", "received", "validated"],
    ["found-route", "validated", "routed"],
    ["queued", "routed", "queued"],
  ]);
});

test("another supplier's message answers as one that does not exist", async () => {
  const { interchange } = await send(anInterchange({ sender, receiver }));
  const stranger = (await aVendor(db)).key;
  const answers = await Promise.allSettled([
    getMessage(ctx(stranger), { id: interchange.messages[0]?.id ?? "" }),
    getMessage(ctx(stranger), { id: "0190d0d0-0000-7000-8000-000000000002" }),
  ]);
  const said = answers.map(
    (answer) => answer.status === "rejected" && [answer.reason.code, answer.reason.message],
  );
  expect(said[0]).toEqual(["not-found", "There is no such message."]);
  expect(said[0]).toEqual(said[1]);
  await expect(pull(receiver, stranger)).rejects.toMatchObject({ code: "not-allowed" });
});
