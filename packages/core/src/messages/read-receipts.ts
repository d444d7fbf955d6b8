import {
  EdifactReader,
  elementValue,
  findMessageType,
  type InterchangeEnvelope,
  isReceipt,
  readXmlReceipts,
  type Segment,
  segmentOf,
  unwrapPayload,
  type XmlReceipt,
} from "@sor/edi";
import { readSingleEnvelope } from "./read-single-envelope.ts";

export type Polarity = "positive" | "negative";

/** What a receipt says of the delivery that it answers. */
export type ReceiptContent = {
  /** Which message of its own interchange it is, from 0. */
  position: number;
  original: {
    /** The form of the delivery that it answers, in which its ids count. */
    form: InterchangeEnvelope["form"];
    /** Its envelope id; where there is none, the message id says which. */
    reference?: string;
    messageReference?: string;
    sender: string;
    receiver: string;
  };
  whole: Polarity;
  /** Letters answered by themselves; the others share what is said of the whole. */
  letters: readonly { reference: string; polarity: Polarity }[];
};

/** Whether an interchange holds a receipt, or carries one. */
export function holdsReceipt(envelope: InterchangeEnvelope): boolean {
  const inside = envelope.carried?.inside?.interchanges ?? [];
  return [envelope, ...inside].some((entry) => entry.receipt !== undefined || entry.messages.some(isReceipt));
}

/** The receipts in an interchange of any form, in order; also the one that a VANSEnvelope or SBDH carries. */
export function readReceipts(bytes: Uint8Array, envelope: InterchangeEnvelope): ReceiptContent[] {
  if (!holdsReceipt(envelope)) return [];
  if (envelope.form === "EDIFACT") return readControls(bytes, envelope);
  if (envelope.form === "XML") return readXmlReceipts(bytes, envelope).map(ofXml);
  return envelope.receipt ? ofEnvelope(envelope, envelope.receipt) : readCarried(bytes, envelope);
}

/** An envelope that is a receipt: from the receiver of the delivery to its sender, since it does not name them. */
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
  return [{ position: 0, original, whole: polarity, letters: [] }];
}

function readCarried(bytes: Uint8Array, envelope: InterchangeEnvelope): ReceiptContent[] {
  const { payload } = unwrapPayload(bytes, envelope);
  if (!payload) return [];
  const carried = readSingleEnvelope(payload).envelope;
  // The envelope says from whom it comes; a receipt inside that is from others is not its.
  const isOwn = carried.sender.id === envelope.sender.id && carried.receiver.id === envelope.receiver.id;
  return isOwn ? readReceipts(payload, carried).map((receipt) => ({ ...receipt, position: 0 })) : [];
}

function ofXml({ position, kind, original, isRefused, letters }: XmlReceipt): ReceiptContent {
  const polarity = kind === "PositiveReceipt" ? "positive" : "negative";
  return {
    position,
    original: { ...original, form: "XML" },
    // A negative receipt that names letters and gives no reason for the whole speaks of those letters only.
    whole: polarity === "negative" && !isRefused && letters.length > 0 ? "positive" : polarity,
    letters: letters.map(({ reference }) => ({ reference, polarity })),
  };
}

function segmentsOf(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  const reader = new EdifactReader({ segment: (tokens) => segments.push(segmentOf(tokens)) });
  reader.push(bytes);
  reader.end();
  return segments;
}

const isContrl = (envelope: InterchangeEnvelope, position: number) =>
  envelope.messages[position]?.unhType === "CONTRL";

// ISO 9735 data element 0083: 4 rejects this level and all below; 7 and 8 take it.
const polarityOf = (action: string): Polarity => (action === "4" ? "negative" : "positive");

function readControls(bytes: Uint8Array, envelope: InterchangeEnvelope): ReceiptContent[] {
  const receipts: (ReceiptContent & { letters: { reference: string; polarity: Polarity }[] })[] = [];
  let position = -1;
  let current: (typeof receipts)[number] | undefined;
  for (const segment of segmentsOf(bytes)) {
    if (segment.tag === "UNH") {
      position += 1;
      current = undefined;
    } else if (segment.tag === "UCI" && isContrl(envelope, position)) {
      const original = {
        form: "EDIFACT" as const,
        reference: elementValue(segment, 1),
        sender: elementValue(segment, 2),
        receiver: elementValue(segment, 3),
      };
      current = { position, original, whole: polarityOf(elementValue(segment, 4)), letters: [] };
      receipts.push(current);
    } else if (segment.tag === "UCM") {
      const polarity = polarityOf(elementValue(segment, 3));
      current?.letters.push({ reference: elementValue(segment, 1), polarity });
    }
  }
  return receipts;
}

/**
 * Whether a receipt only says that the letter's envelope arrived: a FHIR message has an Acknowledgement of its own, and what
 * a VANSEnvelope or SBDH answers before it may be positive where that is negative.
 */
export function isTransportReceipt(
  { original }: ReceiptContent,
  letter: { messageType: string; version: string },
): boolean {
  const isOfEnvelope = original.form === "VANSEnvelope" || original.form === "SBDH";
  return isOfEnvelope && findMessageType(letter.messageType)?.format === "FHIR";
}
