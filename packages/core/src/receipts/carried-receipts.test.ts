import { buildAcknowledgement, buildVansEnvelope, buildXmlReceipt, readEnvelope } from "@sor/edi";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { getMessage, listMessageEvents } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aFhirMessage,
  aLocation,
  anEmessage,
  anEndpoint,
  aVansEnvelope,
  aVendor,
  receives,
  testDatabase,
} from "../testing/index.ts";
import { reportReceipt } from "./report-receipt.ts";

type PartyOf = { gln: string; key: Actor };
let db: Database;
let counter = 0;
const now = new Date("2026-03-01T10:00:00Z");
const ctx = (actor: Actor) => createContext(db, actor, now);
let doctor: PartyOf;
let hospital: PartyOf;

async function aParty(types: [string, string][], endpoints: 1 | 2 = 1): Promise<PartyOf> {
  const vendor = await aVendor(db);
  counter += 1;
  const gln = completeGln(`5790004${String(counter).padStart(5, "0")}`);
  await aLocation(db, { gln, supplierId: vendor.supplierId });
  const first = await anEndpoint(db, { supplierId: vendor.supplierId });
  if (endpoints === 1) await receives(db, gln, first, types);
  else {
    const second = await anEndpoint(db, { supplierId: vendor.supplierId });
    await receives(db, gln, first, types.slice(0, 1));
    await receives(db, gln, second, types.slice(1));
  }
  return { gln, key: vendor.key };
}

beforeAll(async () => {
  db = await testDatabase();
});
beforeEach(async () => {
  doctor = await aParty([
    ["XCTL02", "XC0230Q"],
    ["XCTL03", "XC0330Q"],
    ["FCTL", "2.0"],
  ]);
  hospital = await aParty(
    [
      ["XDIS91", "XD9134L"],
      ["FDIS91", "5.0"],
    ],
    2,
  );
});

const send = async (bytes: Uint8Array | undefined, who: PartyOf) =>
  (await acceptInterchange(ctx(who.key), { bytes: bytes ?? Buffer.alloc(0), gatewayParty: "SORGATEWAY" }))
    .interchange;
const stateOf = async (id: string | undefined) => (await getMessage(ctx(doctor.key), { id: id ?? "" })).state;
const subjectOf = (bytes: Uint8Array) => readEnvelope(bytes).interchanges[0] as never;
const ids = () => ({ sender: doctor.gln, receiver: hospital.gln, envelope: newId(), message: newId() });

function wrapped(payload: Buffer, format: "XML" | "HL7", as = ids()) {
  const isFhir = format === "HL7";
  const version = isFhir ? "5.0" : "XD9134L";
  return aVansEnvelope(as, { format, name: isFhir ? "MCM:FDIS91" : "MCM:XDIS91", version, payload });
}

const acknowledgement = (inside: Buffer, code: "ok" | "fatal-error") =>
  buildAcknowledgement({
    subject: subjectOf(inside),
    bundleId: newId(),
    messageId: newId(),
    provenanceId: newId(),
    senderId: "s",
    receiverId: "r",
    preparedAt: "2026-03-01T12:01:00+01:00",
    code,
  });

const envelopeReceipt = (envelope: Buffer, kind: "PositiveMessage" | "NegativeMessage") =>
  buildVansEnvelope({
    sender: { id: hospital.gln, qualifier: "14" },
    receiver: { id: doctor.gln, qualifier: "14" },
    reference: newId(),
    preparedAt: "2026-03-01T12:01:00",
    content: {
      kind,
      originalEnvelope: readEnvelope(envelope).interchanges[0]?.reference ?? "",
      ...(kind === "NegativeMessage" && { error: { description: "nej" } }),
    },
  });

test("other parties inside an envelope do not change who may send and who receives, and both sides see it", async () => {
  const stranger = await aParty([["XDIS91", "XD9134L"]]);
  const others = { sender: stranger.gln, receiver: stranger.gln };
  const inside = anEmessage({ ...others, envelope: "K1", message: "L1" });
  const sent = await send(wrapped(inside, "XML"), doctor);
  expect(sent.notes).toMatchObject([{ code: "parties-differ", severity: "warning" }]);
  const { gln, key } = hospital;
  expect(sent.messages).toMatchObject([{ sender: doctor.gln, receiver: gln, state: "queued" }]);
  for (const actor of [doctor.key, key]) {
    const events = await listMessageEvents(ctx(actor), { id: sent.messages[0]?.id ?? "" });
    expect(events[1]).toMatchObject({ event: "found-valid", detail: { warnings: "parties-differ" } });
  }
  const forged = wrapped(inside, "XML", { ...ids(), sender: stranger.gln });
  await expect(send(forged, doctor)).rejects.toMatchObject({
    ...{ code: "not-allowed", details: { findings: [{ at: { path: "/VANSEnvelope/SenderID" } }] } },
  });
});

test("a receipt inside an envelope is valid only from and for the envelope's own parties", async () => {
  const message = anEmessage({ ...ids(), envelope: "K2", message: "L2" });
  const sent = await send(message, doctor);
  const receiptOf = (sender: string, reference: string) => ({
    ...{ kind: "XCTL03" as const, subject: subjectOf(message), sender: { id: sender } },
    ...{ reference, messageReference: reference, preparedAt: "2026-03-01T12:01" },
  });
  const carry = async (payload: Uint8Array | undefined) => {
    const back = { ...ids(), sender: hospital.gln, receiver: doctor.gln };
    const content = { format: "XML", name: "MCM:XCTL03", version: "XC0330Q" } as const;
    await send(aVansEnvelope(back, { ...content, payload: payload ?? Buffer.alloc(0) }), hospital);
    return await stateOf(sent.messages[0]?.id);
  };
  expect(await carry(buildXmlReceipt(receiptOf((await aParty([])).gln, "R2")))).toBe("queued");
  expect(await carry(buildXmlReceipt(receiptOf(hospital.gln, "R3")))).toBe("receipted-positive");
});

test("a receipt reported for a FHIR message with other parties answers the envelope, not in the others' name", async () => {
  const { gln } = await aParty([]);
  const inside = aFhirMessage({ ...ids(), receiver: gln });
  const sent = await send(wrapped(inside, "HL7"), doctor);
  const id = sent.messages[0]?.id ?? "";
  await reportReceipt(ctx(hospital.key), { id, outcome: "positive" });
  const [back] = await takeFromMailbox(ctx(doctor.key), {
    ...{ gln: doctor.gln, limit: 10, visibilityTimeoutSeconds: 0 },
  });
  const { bytes } = await readFromMailbox(ctx(doctor.key), { gln: doctor.gln, id: back?.id ?? "" });
  expect(readEnvelope(bytes).interchanges[0]?.receipt).toMatchObject({ kind: "PositiveMessage" });
});

test("an XML receipt answers the message carried in a VANSEnvelope, by the ids inside", async () => {
  const inside = anEmessage({ ...ids(), envelope: "K1", message: "L1" });
  const sent = await send(wrapped(inside, "XML"), doctor);
  const short = { reference: "R1", messageReference: "B1", preparedAt: "2026-03-01T12:01" };
  await send(buildXmlReceipt({ kind: "XCTL03", subject: subjectOf(inside), ...short }), hospital);
  expect(await stateOf(sent.messages[0]?.id)).toBe("receipted-positive");
});

test.each([
  ["ok", "receipted-positive"],
  ["fatal-error", "receipted-negative"],
] as const)(
  "a FHIR Acknowledgement (%s) answers the message carried in a VANSEnvelope",
  async (code, state) => {
    const inside = aFhirMessage(ids());
    const sent = await send(wrapped(inside, "HL7"), doctor);
    await send(acknowledgement(inside, code), hospital);
    expect(await stateOf(sent.messages[0]?.id)).toBe(state);
  },
);

test("a positive receipt of a FHIR message's envelope says that it was delivered; its own may still refuse it", async () => {
  const inside = aFhirMessage(ids());
  const envelope = wrapped(inside, "HL7");
  const sent = await send(envelope, doctor);
  const id = sent.messages[0]?.id;
  await send(envelopeReceipt(envelope, "PositiveMessage"), hospital);
  expect(await stateOf(id)).toBe("delivered");
  // No other receipt of the envelope is allowed now.
  const opposite = await send(envelopeReceipt(envelope, "NegativeMessage"), hospital);
  expect(opposite.messages).toMatchObject([{ state: "dead", reason: "contradicts-earlier-receipt" }]);
  const refused = await send(acknowledgement(inside, "fatal-error"), hospital);
  expect(refused.messages).toMatchObject([{ state: "queued" }]);
  expect(await stateOf(id)).toBe("receipted-negative");
});

test("a negative receipt of a FHIR message's envelope ends it: no positive one follows", async () => {
  const inside = aFhirMessage(ids());
  const envelope = wrapped(inside, "HL7");
  const sent = await send(envelope, doctor);
  await send(envelopeReceipt(envelope, "NegativeMessage"), hospital);
  expect(await stateOf(sent.messages[0]?.id)).toBe("receipted-negative");
  const late = await send(acknowledgement(inside, "ok"), hospital);
  expect(late.messages).toMatchObject([{ state: "dead", reason: "contradicts-earlier-receipt" }]);
});

test("a VANSEnvelope with more than one FHIR message is refused for its syntax", async () => {
  const message = JSON.parse(aFhirMessage(ids()).toString()) as { entry: unknown[] };
  const twice = Buffer.from(JSON.stringify({ ...message, entry: [...message.entry, message.entry[0]] }));
  for (const payload of [twice, Buffer.concat([aFhirMessage(ids()), aFhirMessage(ids())])]) {
    const sent = await send(wrapped(payload, "HL7"), doctor);
    expect(sent.messages).toMatchObject([{ state: "rejected", reason: "SYN" }]);
  }
});

test("messages of one XML envelope for different endpoints are split, their bytes unchanged", async () => {
  const receiver = await aParty(
    [
      ["XDIS91", "XD9134L"],
      ["XDIS20", "XD2030C"],
    ],
    2,
  );
  const as = { ...ids(), receiver: receiver.gln, envelope: "K2", message: "L1" };
  const one = anEmessage(as).toString("latin1");
  const first = one.slice(one.indexOf("<ClinicalEmail>"), one.indexOf("</Emessage>"));
  const second = first.replaceAll("L1", "L2").replaceAll("XDIS91", "XDIS20").replaceAll("XD9134L", "XD2030C");
  const both = Buffer.from(one.replace("</Emessage>", `${second}</Emessage>`), "latin1");
  await send(both, doctor);
  const question = { gln: receiver.gln, limit: 10, visibilityTimeoutSeconds: 60 };
  const entries = await takeFromMailbox(ctx(receiver.key), question);
  const got = await Promise.all(
    entries.map(async ({ id }) =>
      (await readFromMailbox(ctx(receiver.key), { gln: receiver.gln, id })).bytes.toString("latin1"),
    ),
  );
  expect(got.sort()).toEqual([one, one.replace(first, second)].sort());
});
