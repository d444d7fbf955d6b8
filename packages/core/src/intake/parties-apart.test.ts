import { buildXmlReceipt, EnvelopeReader, readEnvelope, readXmlReceipts } from "@sor/edi";
import { beforeEach, expect, test } from "vitest";
import { findMessagesByPatient } from "../content/patients.ts";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { contentOf } from "../messages/content.ts";
import { readMessagePayload } from "../messages/read-interchanges.ts";
import { getMessage } from "../messages/read-messages.ts";
import { interchanges, messages, seenReferences } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { reportReceipt } from "../receipts/report-receipt.ts";
import { resendMessage } from "../steering/operate-messages.ts";
import { aLocation, anEmessageOf, anEndpoint, aVendor, receives, testDatabase } from "../testing/index.ts";
import { listInterchanges, listMessages } from "../tracking/list-messages.ts";
import { acceptInterchange, acceptLarge } from "./accept-interchange.ts";

const doctor = "5799990010018";
const clinic = "5799990010032";
const hospital = "5799990010025";
const pharmacy = "5799990010056";
const stranger = "5799990010063";
const gatewayParty = "SORGATEWAY";
const types: [string, string][] = [
  ["XDIS91", "XD9134L"],
  ["XCTL02", "XC0230Q"],
  ["XCTL03", "XC0330Q"],
];
let db: Database;
let now: Date;
let keys: Record<string, Actor>;
const as = (gln: string) => createContext(db, keys[gln] as Actor, now);

beforeEach(async () => {
  db = await testDatabase();
  now = new Date("2026-03-01T10:00:00Z");
  keys = {};
  for (const glns of [[doctor, clinic], [hospital], [pharmacy], [stranger]]) {
    const { supplierId, key } = await aVendor(db);
    for (const gln of glns) {
      await aLocation(db, { gln, supplierId });
      await receives(db, gln, await anEndpoint(db, { supplierId }), types);
      keys[gln] = key;
    }
  }
});

type Message = {
  message: string;
  sender?: string;
  receiver?: string;
  text?: string;
  isUnknownVersion?: true;
};
const emessage = (envelope: string, ...messages: Message[]) =>
  anEmessageOf(
    envelope,
    messages.map((message) => ({ sender: doctor, receiver: hospital, ...message })),
  );
const toHospital = { message: "B1", text: "Til hospitalet" };
const toPharmacy = { message: "B2", receiver: pharmacy, text: "Fortroligt til apoteket" };

const sendWhole = async (bytes: Buffer) =>
  (await acceptInterchange(as(doctor), { bytes, gatewayParty })).interchange;
async function sendStreamed(bytes: Buffer) {
  const reader = new EnvelopeReader({ carried: "read" });
  for (let at = 0; at < bytes.length; at += 100) reader.push(bytes.subarray(at, at + 100));
  const submission = { content: contentOf(bytes), read: reader.end(), gatewayParty };
  return (await acceptLarge(as(doctor), submission)).interchange;
}

async function fetched(gln: string): Promise<Buffer[]> {
  const question = { gln, limit: 100, visibilityTimeoutSeconds: 60 };
  const entries = await takeFromMailbox(as(gln), question);
  return await Promise.all(
    entries.map(async ({ id }) => (await readFromMailbox(as(gln), { gln, id })).bytes),
  );
}

test.each([
  ["held in memory", sendWhole],
  ["streamed", sendStreamed],
])(
  "messages for different receivers go to their own, and each receiver sees only its own: %s",
  async (_, send) => {
    const bytes = emessage("E1", toHospital, toPharmacy, { message: "B3" });
    const taken = await send(bytes);
    expect(taken.messages.map(({ reference, receiver, state }) => [reference, receiver, state])).toEqual([
      ["B1", hospital, "queued"],
      ["B3", hospital, "queued"],
      ["B2", pharmacy, "queued"],
    ]);
    expect(await fetched(hospital)).toEqual([emessage("E1", toHospital, { message: "B3" })]);
    expect(await fetched(pharmacy)).toEqual([emessage("E1", toPharmacy)]);

    const limit = 50;
    const references = async (gln: string) =>
      (await listMessages(as(gln), { limit })).items.map(({ reference }) => reference).sort();
    expect(await references(hospital)).toEqual(["B1", "B3"]);
    expect(await references(pharmacy)).toEqual(["B2"]);
    expect(await references(doctor)).toEqual(["B1", "B2", "B3"]);
    for (const gln of [hospital, pharmacy]) {
      const { items } = await listInterchanges(as(gln), { limit });
      expect(
        items.map(({ receiver, messages: list }) => [receiver, list.every((m) => m.receiver === gln)]),
      ).toEqual([[gln, true]]);
    }
    const [first, , second] = taken.messages;
    const { bytes: shown } = await readMessagePayload(as(hospital), { id: first?.id ?? "" });
    expect(shown.toString("latin1")).not.toContain("Fortroligt");
    await expect(getMessage(as(hospital), { id: second?.id ?? "" })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(readMessagePayload(as(hospital), { id: second?.id ?? "" })).rejects.toMatchObject({
      code: "not-found",
    });
  },
);

test("a message from a sender that the key may not send for refuses the whole submission, and is named", async () => {
  const bytes = emessage("E1", toHospital, { message: "B2", sender: stranger }, { message: "B3" });
  await expect(sendWhole(bytes)).rejects.toMatchObject({
    code: "not-allowed",
    details: {
      fault: "sender-not-allowed",
      findings: [{ code: "sender-not-allowed", at: { message: 2, path: "Sender/EANIdentifier" } }],
    },
  });
  for (const table of [interchanges, messages, seenReferences]) expect(await db.$count(table)).toBe(0);
});

test("messages of several senders of the key are carried, each as its own sender's", async () => {
  const taken = await sendWhole(emessage("E1", toHospital, { message: "B2", sender: clinic }));
  expect(taken.messages.map(({ sender, state }) => [sender, state])).toEqual([
    [doctor, "queued"],
    [clinic, "queued"],
  ]);
  expect(await fetched(hospital)).toEqual([
    emessage("E1", toHospital),
    emessage("E1", { message: "B2", sender: clinic }),
  ]);
});

test("a message that is refused is refused alone and named, and the others are carried", async () => {
  const taken = await sendWhole(emessage("E1", toHospital, { ...toPharmacy, isUnknownVersion: true }));
  expect(taken.messages.map(({ state, reason }) => [state, reason])).toEqual([
    ["queued", null],
    ["rejected", "VER"],
  ]);
  const [receipt, ...more] = await fetched(doctor);
  expect(more).toEqual([]);
  const [envelope] = readEnvelope(receipt ?? Buffer.alloc(0)).interchanges;
  expect(envelope && readXmlReceipts(receipt ?? Buffer.alloc(0), envelope)).toMatchObject([
    { original: { sender: doctor, receiver: pharmacy }, messages: [{ reference: "B2" }] },
  ]);
});

test("the same submission repeated is a duplicate in every part; with one more part it is not", async () => {
  const bytes = emessage("E1", toHospital, toPharmacy);
  const first = await sendWhole(bytes);
  const again = await sendWhole(bytes);
  expect(again).toMatchObject({ id: first.id, duplicate: "duplicate", contentDiffers: false });
  expect(again.messages.map(({ id }) => id)).toEqual(first.messages.map(({ id }) => id));
  const changed = await sendWhole(emessage("E1", toHospital, { ...toPharmacy, text: "Andet" }));
  expect(changed).toMatchObject({ duplicate: "duplicate", contentDiffers: true });
  const reused = { code: "conflict", details: { fault: "envelope-reused" } };
  const more = { message: "B3", sender: clinic };
  await expect(sendWhole(emessage("E1", toHospital, toPharmacy, more))).rejects.toMatchObject(reused);
  const renewed = await sendWhole(emessage("E2", toHospital, { message: "B4", receiver: pharmacy }));
  expect(renewed).toMatchObject({ duplicate: "receipt-lost" });
  expect(await fetched(pharmacy)).toEqual([
    emessage("E1", toPharmacy),
    emessage("E2", { message: "B4", receiver: pharmacy }),
  ]);
  expect(await fetched(hospital)).toHaveLength(1);
});

test("one id for two receivers refuses both messages", async () => {
  const taken = await sendWhole(emessage("E1", toHospital, { ...toPharmacy, message: "B1" }));
  expect(taken.messages.map(({ state, reason }) => [state, reason])).toEqual([
    ["rejected", "SYN"],
    ["rejected", "SYN"],
  ]);
  expect(await fetched(hospital)).toEqual([]);
});

test("a receipt, a copy and a report concern the message of their own receiver", async () => {
  const taken = await sendWhole(emessage("E1", toHospital, toPharmacy));
  const [one, other] = taken.messages.map(({ id }) => id);
  const [got] = await fetched(hospital);
  const subject = readEnvelope(got ?? Buffer.alloc(0)).interchanges[0];
  if (!subject) throw new Error("nothing came");
  const ids = { reference: "R1", messageReference: "R1", preparedAt: "2026-03-01T12:01" };
  const receipt = buildXmlReceipt({ kind: "XCTL03", subject, ...ids });
  await acceptInterchange(as(hospital), { bytes: Buffer.from(receipt ?? []), gatewayParty });
  const stateOf = async (id = "") => (await getMessage(as(doctor), { id })).state;
  expect([await stateOf(one), await stateOf(other)]).toEqual(["receipted-positive", "queued"]);

  await fetched(pharmacy);
  await reportReceipt(as(pharmacy), { id: other ?? "", outcome: "positive" });
  expect(await stateOf(other)).toBe("receipted-positive");
  const copy = await resendMessage(as(doctor), { id: other ?? "", reason: "modtageren bad om det" });
  const resent = await getMessage(as(doctor), { id: copy.messageId });
  expect(resent).toMatchObject({ receiver: pharmacy, reference: "B2" });
  const [copied] = await fetched(pharmacy);
  expect(copied?.toString("latin1")).toContain("Fortroligt");
  expect(copied?.toString("latin1")).not.toContain("hospitalet");
});

test("searching by patient finds only the messages about the patient", async () => {
  const patientId = "251248-9996";
  const patient = `<Patient><CivilRegistrationNumber>${patientId.replace("-", "")}</CivilRegistrationNumber></Patient>`;
  const bytes = emessage("E1", toHospital, {
    ...toPharmacy,
    text: `Recept</ClinicalInformation>${patient}<ClinicalInformation>`,
  });
  await sendWhole(bytes);
  const found = async (gln: string) =>
    (await findMessagesByPatient(as(gln), { patientId })).items.map(({ reference }) => reference);
  expect([await found(pharmacy), await found(hospital), await found(doctor)]).toEqual([["B2"], [], ["B2"]]);
});

test.each([
  [
    "has too many pairs of parties",
    () =>
      emessage(
        "E1",
        ...Array.from({ length: 21 }, (_, at) => ({ message: `B${at}`, receiver: `57999900200${at + 10}` })),
      ),
    "too-many-parties",
  ],
  [
    "is invalid itself",
    () => Buffer.concat([emessage("E1", toHospital, toPharmacy), Buffer.from("<x/>")]),
    "parties-not-separable",
  ],
  [
    "lacks the sender of one",
    () => emessage("E1", toHospital, { message: "B2", sender: " " }),
    "envelope-incomplete",
  ],
])("an envelope with messages of different parties that %s is refused whole", async (_, make, fault) => {
  await expect(sendWhole(make())).rejects.toMatchObject({ code: "invalid", details: { fault } });
  expect(await db.$count(messages)).toBe(0);
});
