import { readEnvelope } from "@sor/edi";
import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { completeGln } from "../identifiers/index.ts";
import { getMessage, listMessageEvents } from "../messages/read-messages.ts";
import { deliveries, messages } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { tendDeliveries } from "../redirection/tend-deliveries.ts";
import { resendMessage } from "../steering/operate-messages.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { acceptInterchange } from "./accept-interchange.ts";

const day = 86_400_000;
let db: Database;
let counter = 0;
let now: Date;
let doctor: { gln: string; key: Actor };
let hospital: { gln: string; key: Actor };

const ctx = (actor: Actor) => createContext(db, actor, now);
const system = { kind: "system", job: "test" } as const;
async function aParty(types: [string, string][]) {
  const vendor = await aVendor(db);
  counter += 1;
  const gln = completeGln(`5790002${String(counter).padStart(5, "0")}`);
  await aLocation(db, { gln, supplierId: vendor.supplierId });
  await receives(db, gln, await anEndpoint(db, { supplierId: vendor.supplierId }), types);
  return { gln, key: vendor.key };
}

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  now = new Date("2026-03-01T10:00:00Z");
  doctor = await aParty([
    ["CTL02", "C0230Q"],
    ["CTL03", "C0330Q"],
  ]);
  hospital = await aParty([["DIS91", "D9134L"]]);
});

const message = (envelope: string, message: string, more: { version?: string; text?: string } = {}) =>
  anInterchange({
    sender: doctor.gln,
    receiver: hospital.gln,
    reference: envelope,
    messages: [{ reference: message, ...more }],
    acknowledgement: "1",
  });

function receipt(kind: "CTL02" | "CTL03", of: { envelope: string; message: string }, id: string): Buffer {
  const action = kind === "CTL03" ? "7" : "4";
  const version = kind === "CTL03" ? "C0330Q" : "C0230Q";
  return Buffer.from(
    [
      "UNA:+.? '",
      `UNB+UNOC:3+${hospital.gln}:14+${doctor.gln}:14+260301:1200+E${id}'`,
      `UNH+M${id}+CONTRL:D:93A:ZZ:${version}+${kind}'`,
      `UCI+${of.envelope}+${doctor.gln}:14+${hospital.gln}:14+${action}'`,
      `UCM+${of.message}+MEDDIS:D:93A:UN:D9134L+${action}'`,
      `UNT+4+M${id}'UNZ+1+E${id}'`,
    ].join(""),
  );
}

const send = async (bytes: Buffer, who = doctor) =>
  (await acceptInterchange(ctx(who.key), { bytes, gatewayParty: "SORGATEWAY" })).interchange;

/** Everything in a party's mailbox, fetched and acknowledged. */
async function fetchAll(who: { gln: string; key: Actor }): Promise<Buffer[]> {
  const all: Buffer[] = [];
  const entries = await takeFromMailbox(ctx(who.key), {
    gln: who.gln,
    limit: 100,
    visibilityTimeoutSeconds: 60,
  });
  for (const { id } of entries) all.push((await readFromMailbox(ctx(who.key), { gln: who.gln, id })).bytes);
  const ids = entries.map(({ id }) => id);
  if (ids.length > 0) await acknowledgeMailbox(ctx(who.key), { gln: who.gln, ids });
  return all;
}
const stateOf = async (id: string | undefined) => (await getMessage(ctx(doctor.key), { id: id ?? "" })).state;
const eventsOf = async (id: string | undefined) =>
  (await listMessageEvents(ctx(doctor.key), { id: id ?? "" })).map(({ event }) => event);

describe("MedCom's four cases (document 032)", () => {
  test("new envelope, new message: processed", async () => {
    const taken = await send(message("E1", "M1"));
    expect(taken.duplicate).toBeUndefined();
    expect((await fetchAll(hospital)).length).toBe(1);
  });

  test("seen envelope, seen message: ignored, answered like the first, logged, never shown twice", async () => {
    const first = await send(message("E1", "M1"));
    const again = await send(message("E1", "M1"));
    expect(again).toMatchObject({ id: first.id, duplicate: "duplicate", contentDiffers: false });
    expect((await fetchAll(hospital)).length).toBe(1);
    expect(await eventsOf(first.messages[0]?.id)).toContain("duplicate-received");
  });

  test("seen envelope, seen message, other content: ignored too, and the sender is told that it differs", async () => {
    await send(message("E1", "M1"));
    expect(await send(message("E1", "M1", { text: "Noget andet" }))).toMatchObject({ contentDiffers: true });
    expect((await fetchAll(hospital)).length).toBe(1);
  });

  test("new envelope, seen message: the original receipt is sent again with a new id and time", async () => {
    await send(message("E1", "M1", { version: "D9133L" }));
    const [original] = await fetchAll(doctor);
    now = new Date(now.getTime() + 3_600_000);
    expect(await send(message("E2", "M1", { version: "D9133L" }))).toMatchObject({
      duplicate: "receipt-lost",
      messages: [{ reference: "M1", state: "rejected", reason: "VER" }],
    });
    const [repeated, ...more] = await fetchAll(doctor);
    expect(more).toEqual([]);
    const [before, after] = [original, repeated].map((bytes) => bytes?.toString("latin1") ?? "");
    const body = (text = "") => text.slice(text.indexOf("UCI+"), text.indexOf("UNT+"));
    expect(body(after)).toBe(body(before));
    expect(body(after)).toContain("UCI+E1+");
    expect(after).toContain("+260301:1200+");
    const [one, two] = [original, repeated].map((bytes) => readEnvelope(bytes ?? Buffer.alloc(0)));
    expect(two?.findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(two?.interchanges[0]?.reference).not.toBe(one?.interchanges[0]?.reference);
    expect(two?.interchanges[0]?.messages[0]?.reference).not.toBe(
      one?.interchanges[0]?.messages[0]?.reference,
    );
  });

  test("new envelope, seen message, answered by the receiver: its receipt is sent again, the message is not", async () => {
    await send(message("E1", "M1"));
    await fetchAll(hospital);
    await send(receipt("CTL03", { envelope: "E1", message: "M1" }, "R1"), hospital);
    await fetchAll(doctor);
    await send(message("E2", "M1"));
    expect(await fetchAll(hospital)).toEqual([]);
    const [repeated] = await fetchAll(doctor);
    expect(repeated?.toString()).toContain(`UCI+E1+${doctor.gln}:14+${hospital.gln}:14+7'UCM+M1+`);
  });

  test("seen envelope, new message: refused, and its ids are not stored", async () => {
    await send(message("E1", "M1"));
    await expect(send(message("E1", "M2"))).rejects.toMatchObject({ details: { fault: "envelope-reused" } });
    expect(await send(message("E2", "M2"))).not.toHaveProperty("duplicate");
    expect((await fetchAll(hospital)).length).toBe(2);
  });

  test("the same ids between other parties are unrelated", async () => {
    await send(message("E1", "M1"));
    const other = await aParty([["DIS91", "D9134L"]]);
    const bytes = anInterchange({
      sender: doctor.gln,
      receiver: other.gln,
      reference: "E1",
      messages: [{ reference: "M1" }],
    });
    expect(await send(bytes)).not.toHaveProperty("duplicate");
  });

  test("concurrent copies of the same message are one message", async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => send(message("E1", "M1"))));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ duplicate }) => duplicate === undefined).length).toBe(1);
    expect((await fetchAll(hospital)).length).toBe(1);
  });

  test("concurrent resends before a slow receipt are one message and one receipt", async () => {
    const first = await send(message("E1", "M1"));
    for (let copy = 2; copy < 8; copy += 1) await send(message(`E${copy}`, "M1"));
    expect((await fetchAll(hospital)).length).toBe(1);
    await send(receipt("CTL03", { envelope: "E1", message: "M1" }, "R1"), hospital);
    expect((await fetchAll(doctor)).length).toBe(1);
    expect(await stateOf(first.messages[0]?.id)).toBe("receipted-positive");
  });
});

describe("a receipt", () => {
  test("reaches the sender and is recorded on its message", async () => {
    const sent = await send(message("E1", "M1"));
    await fetchAll(hospital);
    const answer = await send(receipt("CTL02", { envelope: "E1", message: "M1" }, "R1"), hospital);
    expect((await fetchAll(doctor)).length).toBe(1);
    const view = await getMessage(ctx(doctor.key), { id: sent.messages[0]?.id ?? "" });
    expect(view).toMatchObject({ state: "receipted-negative", receiptMessageId: answer.messages[0]?.id });
  });

  test("that arrives before the acknowledgement proves that the message was delivered", async () => {
    const sent = await send(message("E1", "M1"));
    await send(receipt("CTL03", { envelope: "E1", message: "M1" }, "R1"), hospital);
    expect(await stateOf(sent.messages[0]?.id)).toBe("receipted-positive");
    expect(await fetchAll(hospital)).toEqual([]);
  });

  test.each([
    ["CTL03", "CTL02", "receipted-positive"],
    ["CTL02", "CTL03", "receipted-negative"],
  ] as const)("%s is never followed by %s", async (first, second, state) => {
    const sent = await send(message("E1", "M1"));
    await fetchAll(hospital);
    await send(receipt(first, { envelope: "E1", message: "M1" }, "R1"), hospital);
    expect((await fetchAll(doctor)).length).toBe(1);
    const late = await send(receipt(second, { envelope: "E1", message: "M1" }, "R2"), hospital);
    expect(late.messages[0]).toMatchObject({ state: "dead", reason: "contradicts-earlier-receipt" });
    expect(await fetchAll(doctor)).toEqual([]);
    expect(await stateOf(sent.messages[0]?.id)).toBe(state);
    expect(await eventsOf(sent.messages[0]?.id)).toContain("receipt-contradicts");
  });

  test("from anybody but the message's receiver is ignored", async () => {
    const sent = await send(message("E1", "M1"));
    const stranger = await aParty([]);
    const forged = Buffer.from(
      receipt("CTL03", { envelope: "E1", message: "M1" }, "R1")
        .toString()
        .replace(`UNB+UNOC:3+${hospital.gln}`, `UNB+UNOC:3+${stranger.gln}`),
    );
    await send(forged, stranger);
    expect(await stateOf(sent.messages[0]?.id)).toBe("queued");
  });

  test("for a message that was resent applies to the message and to its copy", async () => {
    const sent = await send(message("E1", "M1"));
    await fetchAll(hospital);
    const id = sent.messages[0]?.id ?? "";
    const copy = await resendMessage(ctx(doctor.key), { id, reason: "modtageren mistede brevet" });
    const [bytes] = await fetchAll(hospital);
    const [envelope] = readEnvelope(bytes ?? Buffer.alloc(0)).interchanges;
    expect(envelope?.reference).not.toBe("E1");
    expect(envelope?.preparedAt).toBe("2026-03-01T11:00");
    expect(envelope?.messages[0]?.reference).toBe("M1");
    await send(receipt("CTL03", { envelope: envelope?.reference ?? "", message: "M1" }, "R1"), hospital);
    expect([await stateOf(id), await stateOf(copy.messageId)]).toEqual([
      "receipted-positive",
      "receipted-positive",
    ]);
  });
});

describe("time", () => {
  const tend = () => tendDeliveries(ctx(system), { gatewayParty: "SORGATEWAY", limit: 100 });

  test("expires a message that nobody fetched in five days, and notifies its sender", async () => {
    const sent = await send(message("E1", "M1"));
    now = new Date(now.getTime() + 5 * day - 1000);
    await tend();
    expect(await stateOf(sent.messages[0]?.id)).toBe("queued");
    now = new Date(now.getTime() + 2000);
    await tend();
    expect(await stateOf(sent.messages[0]?.id)).toBe("expired");
    const [report] = await fetchAll(doctor);
    expect(report?.toString("latin1")).toContain("UCM+M1+MEDDIS:D:93A:UN:D9134L+4'FTX+NC+P00++");
    expect(await fetchAll(hospital)).toEqual([]);
  });

  test("releases what a mailbox's owner leased and did not acknowledge", async () => {
    const sent = await send(message("E1", "M1"));
    await takeFromMailbox(ctx(hospital.key), { gln: hospital.gln, limit: 1, visibilityTimeoutSeconds: 60 });
    expect(await stateOf(sent.messages[0]?.id)).toBe("delivering");
    now = new Date(now.getTime() + 61_000);
    await tend();
    expect(await stateOf(sent.messages[0]?.id)).toBe("queued");
  });

  test("reports an overdue receipt once", async () => {
    const sent = await send(message("E1", "M1"));
    await fetchAll(hospital);
    now = new Date(now.getTime() + day + 1000);
    await tend();
    await tend();
    const overdue = (await eventsOf(sent.messages[0]?.id)).filter((event) => event === "overdue");
    expect(overdue.length).toBe(1);
    expect(await stateOf(sent.messages[0]?.id)).toBe("delivered");
  });
});

test("every state of a message is explained by its events", async () => {
  const rows = await db.select().from(messages);
  for (const row of rows) {
    const events = await listMessageEvents(ctx(system), { id: row.id });
    expect(events.at(-1)?.to).toBe(row.state);
    for (const [index, event] of events.entries()) {
      expect(event.from).toBe(index === 0 ? null : events[index - 1]?.to);
    }
  }
  const open = await db.select().from(deliveries).where(eq(deliveries.state, "done"));
  expect(open.every((row) => row.doneAt !== null)).toBe(true);
  expect(rows.length).toBeGreaterThan(20);
});
