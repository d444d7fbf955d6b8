import { EnvelopeReader, readEnvelope, readXmlReceipts, renewEnvelope } from "@sor/edi";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { completeGln } from "../identifiers/index.ts";
import { contentOf } from "../messages/content.ts";
import { getMessage } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, aVendor, deliveryForms, receives, testDatabase } from "../testing/index.ts";
import { acceptInterchange, acceptLarge } from "./accept-interchange.ts";

type PartyOf = { gln: string; key: Actor };
let db: Database;
let counter = 0;
let now: Date;
const ctx = (actor: Actor) => createContext(db, actor, now);

beforeAll(async () => {
  db = await testDatabase();
});
beforeEach(() => {
  now = new Date("2026-03-01T10:00:00Z");
});

async function aParty(types: [string, string][]): Promise<PartyOf> {
  const vendor = await aVendor(db);
  counter += 1;
  const gln = completeGln(`5790003${String(counter).padStart(5, "0")}`);
  await aLocation(db, { gln, supplierId: vendor.supplierId });
  await receives(db, gln, await anEndpoint(db, { supplierId: vendor.supplierId }), types);
  return { gln, key: vendor.key };
}

const gatewayParty = "SORGATEWAY";
const sendWhole = async (bytes: Buffer, who: PartyOf) =>
  (await acceptInterchange(ctx(who.key), { bytes, gatewayParty })).interchange;

/** As a large submission is sent: its envelope read from the stream, its content in parts. */
async function sendStreamed(bytes: Buffer, who: PartyOf) {
  const reader = new EnvelopeReader({ carried: "read" });
  for (let at = 0; at < bytes.length; at += 100) reader.push(bytes.subarray(at, at + 100));
  const submission = { content: contentOf(bytes), read: reader.end(), gatewayParty };
  return (await acceptLarge(ctx(who.key), submission)).interchange;
}

async function fetchAll(who: PartyOf): Promise<{ bytes: Buffer; contentType: string }[]> {
  const entries = await takeFromMailbox(ctx(who.key), {
    gln: who.gln,
    limit: 100,
    visibilityTimeoutSeconds: 60,
  });
  const all: { bytes: Buffer; contentType: string }[] = [];
  for (const { id } of entries) {
    const { bytes, contentType } = await readFromMailbox(ctx(who.key), { gln: who.gln, id });
    all.push({ bytes, contentType });
  }
  const ids = entries.map(({ id }) => id);
  if (ids.length > 0) await acknowledgeMailbox(ctx(who.key), { gln: who.gln, ids });
  return all;
}

function envelopeOf(bytes: Uint8Array | undefined) {
  const { interchanges, findings } = readEnvelope(bytes ?? new Uint8Array(0));
  const errors = findings.filter(({ severity }) => severity === "error").map(({ code }) => code);
  if (!interchanges[0] || errors.length > 0) throw new Error(`not sound: ${errors}`);
  return interchanges[0];
}

/** Expects the same receipt with a new envelope id and time, otherwise byte for byte. */
function expectRepeated(repeated: Buffer | undefined, original: Buffer | undefined) {
  const [before, after] = [envelopeOf(original), envelopeOf(repeated)];
  expect(after.reference).not.toBe(before.reference);
  expect(after.preparedAt?.slice(0, 16)).toBe("2026-03-01T12:00");
  expect(after.preparedAt).not.toBe(before.preparedAt);
  const old = {
    reference: before.reference,
    messageReference: () => before.messages[0]?.reference ?? "",
    preparedAt: before.preparedAt ?? "",
  };
  expect(renewEnvelope(repeated ?? Buffer.alloc(0), after, old).toString()).toBe(
    renewEnvelope(original ?? Buffer.alloc(0), before, old).toString(),
  );
}

const streamed: readonly string[] = ["EDIFACT", "VANSEnvelope around XML", "VANSEnvelope around FHIR"];
const cases = deliveryForms.flatMap((form) => [
  { title: form.name, form, send: sendWhole },
  ...(streamed.includes(form.name) ? [{ title: `${form.name}, streamed`, form, send: sendStreamed }] : []),
]);

describe.each(cases)("MedCom's four cases in $title", ({ form, send }) => {
  let doctor: PartyOf;
  let hospital: PartyOf;
  const message = (
    envelope: string,
    message: string,
    more: { isUnknownVersion?: boolean; text?: string } = {},
  ) =>
    form.message({
      sender: doctor.gln,
      receiver: hospital.gln,
      envelope: form.id(envelope),
      message: form.id(message),
      ...more,
    });
  const stateOf = async (id: string | undefined) =>
    (await getMessage(ctx(doctor.key), { id: id ?? "" })).state;

  beforeEach(async () => {
    doctor = await aParty(form.receiptTypes);
    hospital = await aParty([form.messageType]);
  });

  test.each(["positive", "negative"] as const)(
    "new, new: carried byte for byte, and its %s receipt too",
    async (polarity) => {
      const bytes = message("E1", "M1");
      const taken = await send(bytes, doctor);
      expect(taken).toMatchObject({
        controlReference: form.id("E1"),
        messages: [{ reference: form.id("M1"), state: "queued", messageType: form.messageType[0] }],
      });
      const [got, ...more] = await fetchAll(hospital);
      expect(more).toEqual([]);
      expect(got?.bytes.equals(bytes)).toBe(true);
      expect(got?.contentType).toBe(form.contentType);
      const receipt = form.receipt(polarity, bytes);
      const answered = await send(receipt, hospital);
      expect(answered.messages.map(({ state }) => state)).toEqual(["queued"]);
      const [back, ...others] = await fetchAll(doctor);
      expect(others).toEqual([]);
      expect(back?.bytes.equals(receipt)).toBe(true);
      expect(await stateOf(taken.messages[0]?.id)).toBe(`receipted-${polarity}`);
      // A receipt is never answered by a receipt.
      expect(await fetchAll(hospital)).toEqual([]);
    },
  );

  test("seen, seen: ignored, and answered the same way as the first", async () => {
    const bytes = message("E1", "M1");
    const first = await send(bytes, doctor);
    await fetchAll(hospital);
    expect(await send(bytes, doctor)).toMatchObject({
      id: first.id,
      duplicate: "duplicate",
      contentDiffers: false,
    });
    expect(await fetchAll(doctor)).toEqual([]);
    await send(form.receipt("positive", bytes), hospital);
    const [original] = await fetchAll(doctor);
    now = new Date("2026-03-01T11:00:30Z");
    expect(await send(message("E1", "M1", { text: "Andet" }), doctor)).toMatchObject({
      contentDiffers: true,
    });
    const [repeated, ...more] = await fetchAll(doctor);
    expect(more).toEqual([]);
    expectRepeated(repeated?.bytes, original?.bytes);
    expect(repeated?.contentType).toBe(original?.contentType);
    expect(await fetchAll(hospital)).toEqual([]);
  });

  test("new, seen: the original receipt is sent again, the message is not", async () => {
    const bytes = message("E1", "M1");
    const first = await send(bytes, doctor);
    await fetchAll(hospital);
    await send(form.receipt("negative", bytes), hospital);
    const [original] = await fetchAll(doctor);
    now = new Date("2026-03-01T11:00:30Z");
    const again = await send(message("E2", "M1"), doctor);
    expect(again).toMatchObject({ duplicate: "receipt-lost", messages: [{ id: first.messages[0]?.id }] });
    expectRepeated((await fetchAll(doctor))[0]?.bytes, original?.bytes);
    expect(await fetchAll(hospital)).toEqual([]);
  });

  test("seen, new: refused, and its ids are not stored", async () => {
    await send(message("E1", "M1"), doctor);
    await expect(send(message("E1", "M2"), doctor)).rejects.toMatchObject({
      details: { fault: "envelope-reused" },
    });
    expect(await send(message("E2", "M2"), doctor)).not.toHaveProperty("duplicate");
    expect((await fetchAll(hospital)).length).toBe(2);
  });

  test("a message that is refused gets a receipt in its sender's form, and the same one when repeated", async () => {
    const bytes = message("E1", "M1", { isUnknownVersion: true });
    const taken = await send(bytes, doctor);
    expect(taken.messages).toMatchObject([{ state: "rejected", reason: "VER" }]);
    const [refusal, ...more] = await fetchAll(doctor);
    expect(more).toEqual([]);
    const [sent, answer] = [envelopeOf(bytes), envelopeOf(refusal?.bytes)];
    expect(answer.form).toBe(sent.form);
    expect(answer.receiver.id).toBe(doctor.gln);
    expect(refusal?.contentType).toBe(
      answer.form === "VANSEnvelope" ? "application/xml; charset=utf-8" : form.contentType,
    );
    const text = refusal?.bytes.toString("latin1") ?? "";
    const named = answer.form === "FHIR" ? [form.id("M1")] : [form.id("E1"), form.id("M1")];
    for (const id of named) expect(text).toContain(id);
    if (answer.form === "XML") {
      expect(readXmlReceipts(refusal?.bytes ?? bytes, answer)).toMatchObject([
        { kind: "NegativeVansReceipt", messages: [{ reference: "M1", isRefused: true }] },
      ]);
    } else if (answer.form !== "EDIFACT") expect(answer.receipt).toMatchObject({ polarity: "negative" });
    now = new Date("2026-03-01T11:00:30Z");
    await send(message("E2", "M1", { isUnknownVersion: true }), doctor);
    expectRepeated((await fetchAll(doctor))[0]?.bytes, refusal?.bytes);
    // The receiver can then no longer answer with a positive receipt.
    const late = await send(form.receipt("positive", bytes), hospital);
    expect(late.messages).toMatchObject([{ state: "dead", reason: "contradicts-earlier-receipt" }]);
    expect(await fetchAll(doctor)).toEqual([]);
  });

  test.each([
    ["positive", "negative"],
    ["negative", "positive"],
  ] as const)("a %s receipt is never followed by a %s one", async (one, other) => {
    const bytes = message("E1", "M1");
    const taken = await send(bytes, doctor);
    await fetchAll(hospital);
    await send(form.receipt(one, bytes), hospital);
    await fetchAll(doctor);
    expect((await send(form.receipt(other, bytes), hospital)).messages).toMatchObject([
      { state: "dead", reason: "contradicts-earlier-receipt" },
    ]);
    expect(await fetchAll(doctor)).toEqual([]);
    expect(await stateOf(taken.messages[0]?.id)).toBe(`receipted-${one}`);
  });

  test("a receipt from anybody but the message's receiver is ignored", async () => {
    const bytes = message("E1", "M1");
    const taken = await send(bytes, doctor);
    const stranger = await aParty([]);
    const forged = form.message({
      sender: doctor.gln,
      receiver: stranger.gln,
      envelope: form.id("E1"),
      message: form.id("M1"),
    });
    await send(form.receipt("positive", forged), stranger);
    expect(await stateOf(taken.messages[0]?.id)).toBe("queued");
  });
});
