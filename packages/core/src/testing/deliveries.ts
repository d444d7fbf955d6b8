import {
  buildAcknowledgement,
  buildContrl,
  buildSbdhReceipt,
  buildVansEnvelope,
  buildXmlReceipt,
  readEnvelope,
  unwrapPayload,
} from "@sor/edi";
import { newId } from "../database/index.ts";
import { anInterchange } from "./a-message-route.ts";
import {
  aFhirMessage,
  anEmessage,
  anSbdh,
  aVansEnvelope,
  type MessageOf,
  preparedWithOffset,
} from "./messages.ts";

/** A message format: how its messages and receipts are built, and which types must be registered for both to arrive. */
export type DeliveryForm = {
  name: string;
  messageType: [type: string, version: string];
  /** Types the message's sender must receive; none if an envelope's receipt goes to its own mailbox. */
  receiptTypes: [type: string, version: string][];
  contentType: string;
  /** An envelope or message id in that format, derived from a name. */
  id: (name: string) => string;
  message: (of: MessageOf) => Buffer;
  /** The receiver's receipt for such a message. */
  receipt: (polarity: "positive" | "negative", message: Buffer) => Buffer;
};

const uuidOf = (name: string) => {
  const digits = Buffer.from(name.padEnd(6, "0")).toString("hex").slice(-12).padStart(12, "0");
  return `0196f1f0-0000-4000-8000-${digits}`;
};
const preparedAt = "2026-03-01T12:01";
const refusal = { reason: "NC", text: "Kan ikke læses." } as const;

function subjectOf(message: Buffer) {
  const [subject] = readEnvelope(message).interchanges;
  if (!subject) throw new Error("the message cannot be read");
  return subject;
}

function required(bytes: Uint8Array | undefined): Buffer {
  if (!bytes) throw new Error("no receipt was built");
  return Buffer.from(bytes);
}

const short = () => {
  const id = newId().replaceAll("-", "").slice(-13);
  return { reference: `E${id}`, messageReference: `M${id}`, preparedAt };
};

function vansReceipt(polarity: "positive" | "negative", message: Buffer): Buffer {
  const subject = subjectOf(message);
  const originalMessage = subject.messages[0]?.reference;
  return Buffer.from(
    buildVansEnvelope({
      sender: subject.receiver,
      receiver: subject.sender,
      reference: newId(),
      preparedAt: `${preparedAt}:00`,
      content: {
        kind: polarity === "positive" ? "PositiveMessage" : "NegativeMessage",
        originalEnvelope: subject.reference,
        ...(originalMessage && { originalMessage }),
        ...(polarity === "negative" && { error: { description: refusal.text } }),
      },
    }),
  );
}

function fhirReceipt(polarity: "positive" | "negative", message: Buffer): Buffer {
  return required(
    buildAcknowledgement({
      subject: subjectOf(message),
      bundleId: newId(),
      messageId: newId(),
      provenanceId: newId(),
      senderId: "s",
      receiverId: "r",
      preparedAt: preparedWithOffset,
      code: polarity === "positive" ? "ok" : "fatal-error",
      ...(polarity === "negative" && { error: { id: "e", text: refusal.text } }),
    }),
  );
}

/** All formats in which messages are accepted. */
export const deliveryForms: readonly DeliveryForm[] = [
  {
    name: "EDIFACT",
    messageType: ["DIS91", "D9134L"],
    receiptTypes: [
      ["CTL02", "C0230Q"],
      ["CTL03", "C0330Q"],
    ],
    contentType: "application/EDIFACT; charset=iso-8859-1",
    id: (name) => name,
    message: (of) =>
      anInterchange({
        sender: of.sender,
        receiver: of.receiver,
        reference: of.envelope,
        messages: [
          {
            reference: of.message,
            ...(of.isUnknownVersion && { version: "D9133L" }),
            ...(of.text && { text: of.text }),
          },
        ],
        acknowledgement: "1",
      }),
    receipt: (polarity, message) =>
      required(
        polarity === "positive"
          ? buildContrl({ kind: "CTL03", subject: subjectOf(message), ...short() })
          : buildContrl({ kind: "CTL02", subject: subjectOf(message), refusal, ...short() }),
      ),
  },
  {
    name: "XML",
    messageType: ["XDIS91", "XD9134L"],
    receiptTypes: [
      ["XCTL02", "XC0230Q"],
      ["XCTL03", "XC0330Q"],
    ],
    contentType: "application/xml; charset=windows-1252",
    id: (name) => name,
    message: anEmessage,
    receipt: (polarity, message) =>
      required(
        polarity === "positive"
          ? buildXmlReceipt({ kind: "XCTL03", subject: subjectOf(message), ...short() })
          : buildXmlReceipt({ kind: "XCTL02", subject: subjectOf(message), refusal, ...short() }),
      ),
  },
  {
    name: "VANSEnvelope around XML",
    messageType: ["XDIS91", "XD9134L"],
    receiptTypes: [],
    contentType: "application/xml; charset=utf-8",
    id: uuidOf,
    message: (of) =>
      aVansEnvelope(of, {
        format: "XML",
        name: "MCM:XDIS91",
        version: of.isUnknownVersion ? "XD9133L" : "XD9134L",
        payload: anEmessage({ ...of, envelope: "INSIDE", message: "INSIDE" }),
      }),
    receipt: vansReceipt,
  },
  {
    name: "SBDH around XML",
    messageType: ["XDIS91", "XD9134L"],
    receiptTypes: [],
    contentType: "application/xml; charset=utf-8",
    id: uuidOf,
    message: anSbdh,
    receipt: (polarity, message) =>
      required(
        buildSbdhReceipt({
          kind: polarity === "positive" ? "ReceiptAcknowledgement" : "Exception",
          subject: subjectOf(message),
          reference: newId(),
          messageReference: newId(),
          preparedAt: preparedWithOffset,
        }),
      ),
  },
  {
    name: "FHIR",
    messageType: ["FDIS91", "5.0"],
    receiptTypes: [["FCTL", "2.0"]],
    contentType: "application/fhir+json; charset=utf-8",
    id: uuidOf,
    message: aFhirMessage,
    receipt: fhirReceipt,
  },
  {
    name: "VANSEnvelope around FHIR",
    messageType: ["FDIS91", "5.0"],
    receiptTypes: [["FCTL", "2.0"]],
    contentType: "application/xml; charset=utf-8",
    id: uuidOf,
    message: (of) =>
      aVansEnvelope(of, {
        format: "HL7",
        name: "MCM:FDIS91",
        version: of.isUnknownVersion ? "4.0" : "5.0",
        payload: aFhirMessage({ ...of, envelope: `inside-${of.envelope}`, message: `inside-${of.message}` }),
      }),
    receipt: (polarity, message) => {
      const subject = subjectOf(message);
      const { payload } = unwrapPayload(message, subject);
      if (!payload) throw new Error("the envelope carries nothing");
      const ids = {
        envelope: newId(),
        message: newId(),
        sender: subject.receiver.id,
        receiver: subject.sender.id,
      };
      const receipt = fhirReceipt(polarity, Buffer.from(payload));
      return aVansEnvelope(ids, { format: "HL7", name: "MCM:FCTL#ok", version: "2.0", payload: receipt });
    },
  },
];
