import {
  EdifactReader,
  findMessageType,
  type InterchangeEnvelope,
  isReceipt,
  type MessageEnvelope,
  payloadUnwrapper,
  type SegmentTokens,
  type XmlReceipt,
  xmlReceiptReader,
} from "@sor/edi";
import type { Content } from "../messages/index.ts";
import { singleOf } from "../messages/index.ts";

export type Polarity = "positive" | "negative";

/** A message that a receipt names. */
type NamedMessage = {
  reference: string;
  /** The type in UNH (S009), components joined by colons; only EDIFACT repeats it. */
  identifier?: string;
  polarity: Polarity | undefined;
};

/** What a receipt says of the interchange that it answers. */
export type ReceiptContent = {
  /** Position in its own interchange, from 0. */
  position: number;
  original: {
    /** The form of the interchange that it answers, which is the scope of its ids. */
    form: InterchangeEnvelope["form"];
    /** Its envelope id; where there is none, the message id identifies it. */
    reference?: string;
    messageReference?: string;
    sender: string;
    receiver: string;
  };
  /** Undefined when it says neither that it was accepted nor that it was refused. */
  whole: Polarity | undefined;
  /** Messages that are answered individually; the others have the polarity of the whole. */
  messages: readonly NamedMessage[];
};

/** Whether an interchange contains or carries a receipt. */
export function holdsReceipt(envelope: InterchangeEnvelope): boolean {
  const inside = envelope.carried?.inside?.interchanges ?? [];
  return [envelope, ...inside].some((entry) => entry.receipt !== undefined || entry.messages.some(isReceipt));
}

/** The receipts in an interchange of any form, in order; including one carried by a VANSEnvelope or SBDH. */
export async function readReceipts(
  content: Pick<Content, "parts">,
  envelope: InterchangeEnvelope,
): Promise<ReceiptContent[]> {
  if (!holdsReceipt(envelope)) return [];
  if (envelope.form === "EDIFACT") return await readControls(content, envelope);
  if (envelope.form === "XML") return await readXml(content);
  return envelope.receipt ? ofEnvelope(envelope, envelope.receipt) : await readCarried(content, envelope);
}

async function readXml(content: Pick<Content, "parts">): Promise<ReceiptContent[]> {
  const reader = xmlReceiptReader();
  for await (const part of content.parts()) reader.push(new Uint8Array(part));
  return reader.end().map(ofXml);
}

/** An envelope that is a receipt: from the receiver of the original interchange to its sender, since it does not name them. */
function ofEnvelope(
  { form, sender, receiver }: InterchangeEnvelope,
  { polarity, originalEnvelope, originalMessage }: NonNullable<InterchangeEnvelope["receipt"]>,
): ReceiptContent[] {
  if (originalEnvelope === "" && !originalMessage) return [];
  const original = {
    form,
    sender: receiver.id,
    receiver: sender.id,
    ...(originalEnvelope !== "" && { reference: originalEnvelope }),
    ...(originalMessage && { messageReference: originalMessage }),
  };
  return [{ position: 0, original, whole: polarity, messages: [] }];
}

const hasPartiesOf = (message: MessageEnvelope | undefined, { sender, receiver }: InterchangeEnvelope) =>
  message?.sender.id === sender.id && message.receiver.id === receiver.id;

async function readCarried(
  content: Pick<Content, "parts">,
  envelope: InterchangeEnvelope,
): Promise<ReceiptContent[]> {
  const { inside } = envelope.carried ?? {};
  if (!inside) return [];
  const single = singleOf({ interchanges: inside.interchanges, findings: [] });
  if ("fault" in single) return [];
  const carried = single.envelope;
  const payload = async function* () {
    const unwrap = payloadUnwrapper(envelope);
    for await (const part of content.parts()) yield unwrap(part);
  };
  const receipts = await readReceipts({ parts: payload }, carried);
  // The envelope names its sender; a carried receipt between other parties is ignored.
  const own = receipts.filter(({ position }) => hasPartiesOf(carried.messages[position], envelope));
  return own.map((receipt) => ({ ...receipt, position: 0 }));
}

function ofXml({ position, kind, original, isRefused, messages }: XmlReceipt): ReceiptContent {
  const polarity = kind === "PositiveReceipt" ? "positive" : "negative";
  return {
    position,
    original: { ...original, form: "XML" },
    // A negative receipt that names messages and gives no reason for the whole applies to those messages only.
    whole: polarity === "negative" && !isRefused && messages.length > 0 ? "positive" : polarity,
    messages: messages.map(({ reference }) => ({ reference, polarity })),
  };
}

const isContrl = (envelope: InterchangeEnvelope, position: number) =>
  envelope.messages[position]?.unhType === "CONTRL";

// ISO 9735 data element 0083: 4 rejects this level and all below, 7 acknowledges it. 8 only says that the interchange was
// received; the other codes are withdrawn or unknown, and are ignored.
const polarities: Readonly<Record<string, Polarity>> = { "4": "negative", "7": "positive" };
const polarityOf = (action: string): Polarity | undefined =>
  Object.hasOwn(polarities, action) ? polarities[action] : undefined;

/** Maximum number of messages that a receipt can name: an interchange has no more. */
const messagesMax = 100_000;

async function readControls(
  content: Pick<Content, "parts">,
  envelope: InterchangeEnvelope,
): Promise<ReceiptContent[]> {
  const receipts: (ReceiptContent & { messages: NamedMessage[] })[] = [];
  let position = -1;
  let current: (typeof receipts)[number] | undefined;
  const segment = (tokens: SegmentTokens) => {
    const tag = tokens.text(0);
    if (tag === "UNH") {
      position += 1;
      current = undefined;
    } else if (tag === "UCI" && isContrl(envelope, position)) {
      const original = {
        form: "EDIFACT" as const,
        reference: tokens.text(1),
        sender: tokens.text(2),
        receiver: tokens.text(3),
      };
      current = { position, original, whole: polarityOf(tokens.text(4)), messages: [] };
      receipts.push(current);
    } else if (tag === "UCM" && current && current.messages.length < messagesMax) {
      current.messages.push({
        reference: tokens.text(1),
        identifier: Array.from({ length: tokens.componentsOf(2) }, (_, at) => tokens.text(2, at)).join(":"),
        polarity: polarityOf(tokens.text(3)),
      });
    }
  };
  const reader = new EdifactReader({ segment });
  for await (const part of content.parts()) reader.push(new Uint8Array(part));
  reader.end();
  return receipts;
}

/**
 * Whether a receipt only says that the message's envelope was delivered: a FHIR message has an Acknowledgement of its own, and
 * the receipt of its VANSEnvelope or SBDH may be positive where that is negative.
 */
export function isTransportReceipt(
  { original }: ReceiptContent,
  message: { messageType: string; version: string },
): boolean {
  const isOfEnvelope = original.form === "VANSEnvelope" || original.form === "SBDH";
  return isOfEnvelope && findMessageType(message.messageType)?.format === "FHIR";
}
