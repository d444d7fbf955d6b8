import type { InterchangeEnvelope, Party } from "../envelope.ts";
import { isReceipt } from "../medcom/contrl.ts";
import type { Refusal, RefusalReason } from "../medcom/refusals.ts";
import { documentBytes, element, escaped } from "./xml-text.ts";

export type XmlReceiptKind = "XCTL01" | "XCTL02" | "XCTL03";

/** The content of a receipt in MedCom XML, and its envelope. */
export type XmlReceiptValues = {
  readonly kind: XmlReceiptKind;
  readonly subject: InterchangeEnvelope;
  /** Who answers: for XCTL01 the network operator; otherwise the receiver of the messages, which is the default. */
  readonly sender?: Party;
  readonly reference: string;
  readonly messageReference: string;
  /** Local time, ISO 8601. */
  readonly preparedAt: string;
  readonly refusal?: Refusal;
  /** The messages answered; all by default. They must have the same parties. */
  readonly messages?: readonly { readonly index: number; readonly refusal?: Refusal }[];
};

const roots: Record<XmlReceiptKind, readonly [root: string, version: string]> = {
  XCTL01: ["NegativeVansReceipt", "XC0130Q"],
  XCTL02: ["NegativeReceipt", "XC0230Q"],
  XCTL03: ["PositiveReceipt", "XC0330Q"],
};

/** MedCom's reasons by their names in its XML schemas. */
const refuseCodes: Record<RefusalReason, string> = {
  NC: "ikke_specificeret",
  LOK: "ukendt_lokationsnummer",
  MID: "problem_med_modtagerID",
  VER: "problem_med_version",
  SYN: "syntaksfejl",
};

const namespace = "http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2005/08/07/";

// The schema allows at most 99 messages in one receipt.
const messagesMax = 99;

/**
 * Builds a MedCom XML receipt (XCTL01, XCTL02, XCTL03) for an interchange, to the sender of the messages answered; undefined if
 * the subject is itself a receipt, which must not be answered. Throws a RangeError if those messages have different parties.
 */
export function buildXmlReceipt(values: XmlReceiptValues): Uint8Array | undefined {
  const { kind, subject } = values;
  if (subject.messages.length > 0 && subject.messages.every(isReceipt)) return undefined;
  const [root, version] = roots[kind];
  const [date = "", time = ""] = values.preparedAt.split("T");
  const sent = `<Sent>${element("Date", date)}${element("Time", time.slice(0, 5))}</Sent>`;
  const envelope = `<Envelope>${sent}${element("Identifier", values.reference)}<AcknowledgementCode>minuspositivkvitt</AcknowledgementCode></Envelope>`;
  const message = `<Letter>${element("Identifier", values.messageReference)}${element("VersionCode", version)}${element("StatisticalCode", kind)}</Letter>`;
  const answered = answeredParties(values);
  const parties = party("Sender", values.sender ?? answered.receiver) + party("Receiver", answered.sender);
  const content = `<${root}>${message}${parties}${original(values, answered)}</${root}>`;
  return documentBytes("windows-1252", `<Emessage xmlns="${namespace}">${envelope}${content}</Emessage>`);
}

const party = (name: string, { id }: Party) => `<${name}>${element("EANIdentifier", id)}</${name}>`;

type Parties = { readonly sender: Party; readonly receiver: Party };

/** The parties of the answered messages: MedCom XML has them in each message. */
function answeredParties({ subject, messages }: XmlReceiptValues): Parties {
  const answered = messages ? messages.map(({ index }) => subject.messages[index]) : subject.messages;
  const [first = subject, ...others] = answered.flatMap((message) => message ?? []);
  const isSame = (other: Parties) =>
    other.sender.id === first.sender.id && other.receiver.id === first.receiver.id;
  if (!others.every(isSame)) throw new RangeError("the messages answered have different parties");
  return first;
}

function original({ kind, subject, refusal, messages }: XmlReceiptValues, parties: Parties): string {
  const isNegative = kind !== "XCTL03";
  const answered = (messages ?? subject.messages.map((_, index) => ({ index }))).slice(0, messagesMax);
  return [
    "<OriginalEmessage>",
    element("OriginalEnvelopeIdentifier", subject.reference),
    // The parties of the original are not swapped.
    party("OriginalSender", parties.sender),
    party("OriginalReceiver", parties.receiver),
    isNegative ? refused(refusal) : "",
    ...answered.map((answer) => {
      const message = subject.messages[answer.index];
      if (!message) throw new RangeError(`the delivery has no message ${answer.index}`);
      const own = isNegative && "refusal" in answer ? refused(answer.refusal as Refusal | undefined) : "";
      const identifiers = `${element("OriginalLetterIdentifier", message.reference)}${element("OriginalVersionCode", message.version ?? "")}`;
      return `<OriginalLetter>${identifiers}${own}</OriginalLetter>`;
    }),
    "</OriginalEmessage>",
  ].join("");
}

function refused(refusal: Refusal | undefined): string {
  if (!refusal) return "";
  const lines = refusal.text.split("\n").map((line) => `${escaped(line)}<Break/>`);
  return `${element("RefuseCode", refuseCodes[refusal.reason])}<RefuseText>${lines.join("")}</RefuseText>`;
}
