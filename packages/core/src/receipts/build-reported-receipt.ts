import {
  buildAcknowledgement,
  buildContrl,
  buildSbdhReceipt,
  buildVansEnvelope,
  buildXmlReceipt,
  type InterchangeEnvelope,
  type Refusal,
} from "@sor/edi";
import { shortReference } from "../messages/index.ts";
import { danishTimestamp } from "../validity/index.ts";

type ReportedReceipt = {
  /** The interchange as its sender sent it, and the index of the answered message, from 0. */
  envelope: InterchangeEnvelope;
  index: number;
  /** Why the message was refused; absent: it was accepted. */
  refusal?: Refusal | undefined;
  now: Date;
  /** Returns a new UUID each time. */
  newId: () => string;
};

/**
 * The receipt of a message's receiver in the form of the sender's submission: CTL02 or CTL03, XCTL02 or XCTL03, a VANSEnvelope's
 * receipt or the Acknowledgement of the FHIR message it carried, an EHMI acknowledgement or exception, or a FHIR Acknowledgement.
 * Undefined for receipts.
 */
export function buildReportedReceipt(reported: ReportedReceipt): Uint8Array | undefined {
  const { envelope: subject, index, refusal, now, newId } = reported;
  const preparedAt = danishTimestamp(now);
  const isNegative = refusal !== undefined;
  const short = {
    subject,
    reference: shortReference(newId()),
    messageReference: shortReference(newId()),
    preparedAt: preparedAt.slice(0, 16),
    messages: [{ index, ...(refusal && { refusal }) }],
  };
  switch (subject.form) {
    case "EDIFACT":
      return buildContrl({ kind: isNegative ? "CTL02" : "CTL03", ...short });
    case "XML":
      return buildXmlReceipt({ kind: isNegative ? "XCTL02" : "XCTL03", ...short });
    case "VANSEnvelope":
      return buildVansReceipt(reported, preparedAt);
    case "SBDH":
      return buildSbdhReceipt({
        kind: isNegative ? "Exception" : "ReceiptAcknowledgement",
        ...{ subject, reference: newId(), messageReference: newId(), preparedAt },
        ...(refusal && { reason: `${refusal.reason}: ${refusal.text}` }),
      });
    case "FHIR":
      return buildAcknowledgement({
        ...{ subject, bundleId: newId(), messageId: newId(), provenanceId: newId() },
        ...{ senderId: newId(), receiverId: newId(), preparedAt, code: isNegative ? "fatal-error" : "ok" },
        ...(refusal && { error: { id: newId(), text: `${refusal.reason}: ${refusal.text}` } }),
      });
  }
}

/** A FHIR message has an Acknowledgement of its own; the receipt of its envelope would only say that it was delivered. */
function buildVansReceipt(reported: ReportedReceipt, preparedAt: string): Uint8Array | undefined {
  const { envelope, newId } = reported;
  const inside = envelope.carried?.inside?.interchanges[0];
  // With other parties inside, the Acknowledgement would be given in the name of a party that was not asked.
  if (inside?.form !== "FHIR" || !isBetweenSame(inside, envelope))
    return buildVansSignal(reported, preparedAt);
  const payload = buildReportedReceipt({ ...reported, envelope: inside, index: 0 });
  return (
    payload &&
    buildVansEnvelope({
      sender: envelope.receiver,
      receiver: envelope.sender,
      reference: newId(),
      preparedAt: preparedAt.slice(0, 19),
      content: {
        identifier: newId(),
        format: "HL7",
        name: reported.refusal ? "MCM:FCTL#fatal-error" : "MCM:FCTL#ok",
        version: "2.0",
        payload,
      },
    })
  );
}

const isBetweenSame = (one: InterchangeEnvelope, other: InterchangeEnvelope) =>
  one.sender.id === other.sender.id && one.receiver.id === other.receiver.id;

function buildVansSignal(
  { envelope, index, refusal, newId }: ReportedReceipt,
  preparedAt: string,
): Uint8Array | undefined {
  if (envelope.receipt) return undefined;
  const originalMessage = envelope.messages[index]?.reference;
  return buildVansEnvelope({
    sender: envelope.receiver,
    receiver: envelope.sender,
    reference: newId(),
    preparedAt: preparedAt.slice(0, 19),
    content: {
      kind: refusal ? "NegativeMessage" : "PositiveMessage",
      originalEnvelope: envelope.reference,
      ...(originalMessage && { originalMessage }),
      ...(refusal && { error: { description: `${refusal.reason}: ${refusal.text}` } }),
    },
  });
}
