import {
  type AcknowledgementError,
  buildAcknowledgement,
  buildContrl,
  buildSbdhReceipt,
  buildVansEnvelope,
  buildXmlReceipt,
  type InterchangeEnvelope,
  type Refusal,
  type RefusalReason,
} from "@sor/edi";
import { shortReference } from "../messages/index.ts";
import { danishTimestamp } from "../validity/index.ts";

/** Refused messages of one submission, and in whose name the receipt is given. */
type RefusedMessages = {
  envelope: InterchangeEnvelope;
  gatewayParty: string;
  now: Date;
  /** Returns a new UUID each time. */
  newId: () => string;
  /** `index` from 0 in the submission. */
  refusals: readonly { index: number; refusal: Refusal }[];
};

/** A negative receipt, and which messages it applies to. */
type BuiltRefusal = { bytes: Uint8Array; indexes: readonly number[] };

// MedCom's XML schema allows at most 99 messages in one receipt.
const xmlMessagesMax = 99;

/**
 * The negative receipts for a sender, in the form of its submission: CTL01, XCTL01, a VANSEnvelope's NegativeVans, an EHMI
 * exception, or a FHIR Acknowledgement. None for what may not be answered.
 */
export function buildRefusals(refused: RefusedMessages): BuiltRefusal[] {
  const { envelope, refusals } = refused;
  if (refusals.length === 0) return [];
  const perReceipt = envelope.form === "XML" ? xmlMessagesMax : refusals.length;
  const receipts: BuiltRefusal[] = [];
  for (let at = 0; at < refusals.length; at += perReceipt) {
    const messages = refusals.slice(at, at + perReceipt);
    const bytes = build({ ...refused, refusals: messages });
    if (bytes) receipts.push({ bytes, indexes: messages.map(({ index }) => index) });
  }
  return receipts;
}

function build(refused: RefusedMessages): Uint8Array | undefined {
  const { envelope: subject, gatewayParty, now, newId, refusals: messages } = refused;
  const preparedAt = danishTimestamp(now);
  const short = {
    subject,
    reference: shortReference(newId()),
    messageReference: shortReference(newId()),
    preparedAt: preparedAt.slice(0, 16),
    messages,
  };
  switch (subject.form) {
    case "EDIFACT":
      return buildContrl({ kind: "CTL01", sender: { id: gatewayParty, qualifier: "14" }, ...short });
    case "XML":
      return buildXmlReceipt({ kind: "XCTL01", sender: { id: gatewayParty }, ...short });
    case "VANSEnvelope":
      return buildVansRefusal(refused, preparedAt);
    case "SBDH":
      return buildSbdhReceipt({
        kind: "Exception",
        subject,
        sender: { id: gatewayParty },
        reference: newId(),
        messageReference: newId(),
        preparedAt,
        reason: textOf(messages),
      });
    case "FHIR":
      return buildFhirRefusal(refused, preparedAt);
  }
}

const textOf = (messages: RefusedMessages["refusals"]) =>
  messages.map(({ refusal }) => `${refusal.reason}: ${refusal.text}`).join("\n");

function buildVansRefusal(
  { envelope: { sender, reference, messages }, gatewayParty, newId, refusals }: RefusedMessages,
  preparedAt: string,
): Uint8Array {
  const originalMessage = messages[0]?.reference;
  return buildVansEnvelope({
    // The schema allows 18 characters.
    sender: { id: gatewayParty.slice(0, 18), qualifier: "VANS" },
    receiver: sender,
    reference: newId(),
    preparedAt: preparedAt.slice(0, 19),
    content: {
      kind: "NegativeVans",
      originalEnvelope: reference,
      ...(originalMessage && { originalMessage }),
      error: { description: textOf(refusals) },
    },
  });
}

const errorOf: Partial<Record<RefusalReason, AcknowledgementError>> = {
  LOK: "MSG_Receiver_Identifier_UNKNOWN",
  MID: "MSG_Mailbox_Out_Of_Operation",
  VER: "MSG_RECEIVER_UNABLE_TO_RECEIVE_MSG_TYPE",
};

// FHIR has no receipt of a network node: it is given in the name of the message's receiver, and says that the gateway detected
// the error.
function buildFhirRefusal(
  { envelope: subject, gatewayParty, newId, refusals }: RefusedMessages,
  preparedAt: string,
): Uint8Array | undefined {
  const reason = refusals[0]?.refusal.reason;
  const code = reason && errorOf[reason];
  return buildAcknowledgement({
    subject,
    bundleId: newId(),
    messageId: newId(),
    provenanceId: newId(),
    senderId: newId(),
    receiverId: newId(),
    preparedAt,
    code: "fatal-error",
    error: { id: newId(), ...(code && { code }), text: `${gatewayParty}: ${textOf(refusals)}` },
  });
}
