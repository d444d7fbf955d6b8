import { readEnvelope } from "@sor/edi";
import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acceptInterchange, acceptLarge } from "../intake/accept-interchange.ts";
import { journalEntries } from "../journal/tables.ts";
import { contentOf } from "../messages/content.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { messagePatients } from "../vault/tables.ts";
import { findMessagesByPatient } from "./patients.ts";

const now = new Date("2026-03-01T10:00:00Z");
const sender = "5790000120420";
const receiver = "5790000128686";
const patientId = "251248-9996";
let db: Database;
let from: Actor;
let to: Actor;
let stranger: Actor;

beforeEach(async () => {
  db = await testDatabase();
  const [sending, receiving] = [await aVendor(db), await aVendor(db)];
  [from, to, stranger] = [sending.key, receiving.key, (await aVendor(db)).key];
  await aLocation(db, { gln: sender, supplierId: sending.supplierId });
  await aLocation(db, { gln: receiver, supplierId: receiving.supplierId });
  const endpoint = await anEndpoint(db, { supplierId: receiving.supplierId });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
});

const message = (patient: string, type = "DIS91") => {
  const bytes = anInterchange({
    sender,
    receiver,
    messages: [{ reference: `L${patient.slice(-4)}${type}`, type }],
  });
  const text = bytes
    .toString("latin1")
    .replace("FTX+SPC", `PNA+PAT+${patient}:::CPR'FTX+SPC`)
    .replace("UNT+4", "UNT+5");
  return Buffer.from(text, "latin1");
};
const send = (bytes: Buffer) =>
  acceptInterchange(createContext(db, from, now), { bytes, gatewayParty: "SORGATEWAY" });
const find = async (actor: Actor, more: { limit?: number; after?: string } = {}) =>
  await findMessagesByPatient(createContext(db, actor, now), { patientId, ...more });

test("a patient's messages are found by both sides and by nobody else", async () => {
  await send(message("2512489996"));
  await send(message("0101010101"));
  for (const actor of [from, to]) {
    expect((await find(actor)).items.map(({ reference }) => reference)).toEqual(["L9996DIS91"]);
  }
  expect((await find(stranger)).items).toEqual([]);
});

test("a patient's message too large for memory is found", async () => {
  const bytes = message("2512489996");
  const delivery = { content: contentOf(bytes), read: readEnvelope(bytes), gatewayParty: "SORGATEWAY" };
  await acceptLarge(createContext(db, from, now), delivery);
  expect((await find(to)).items.map(({ reference }) => reference)).toEqual(["L9996DIS91"]);
});

test("a refused message is found too, and pages are consecutive", async () => {
  await send(message("2512489996"));
  await send(message("2512489996", "DIS01"));
  const first = await find(from, { limit: 1 });
  const second = await find(from, { limit: 1, after: first.next ?? "" });
  const found = [...first.items, ...second.items].map(({ reference }) => reference).sort();
  expect(found).toEqual(["L9996DIS01", "L9996DIS91"]);
  expect(second.next).toBeNull();
});

test("the search is journalled, and the number is stored nowhere", async () => {
  await send(message("2512489996"));
  await find(to);
  const entries = await db.select().from(journalEntries);
  expect(entries.map(({ action, subjectType }) => [action, subjectType])).toEqual([
    ["message.read", "patient"],
  ]);
  const stored = JSON.stringify([entries, await db.select().from(messagePatients)]);
  expect(stored).not.toContain("2512489996");
  expect(stored).not.toContain(Buffer.from("2512489996").toString("base64").slice(0, 12));
});

test.each(["", "abc", "12345678901234567890123456789012345678901234567890123456789012345"])(
  "%j is refused and not journalled",
  async (text) => {
    const asked = findMessagesByPatient(createContext(db, to, now), { patientId: text });
    await expect(asked).rejects.toMatchObject({ code: "invalid" });
    expect(await db.$count(journalEntries)).toBe(0);
  },
);
