import {
  EdifactReader,
  elementValue,
  type InterchangeEnvelope,
  isReceipt,
  type Segment,
  segmentOf,
  writeInterchange,
} from "@sor/edi";

export type Polarity = "positive" | "negative";

/** What a CONTRL says of the interchange it answers. */
export type ReceiptContent = {
  /** Which message of its own interchange it is, from 0. */
  position: number;
  original: { reference: string; sender: string; receiver: string };
  whole: Polarity;
  /** Letters answered by themselves; the others share what is said of the whole. */
  letters: readonly { reference: string; polarity: Polarity }[];
};

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

/** The receipts (CONTRL) in an EDIFACT interchange, in order. */
export function readReceipts(bytes: Uint8Array, envelope: InterchangeEnvelope): ReceiptContent[] {
  if (!envelope.messages.some(isReceipt)) return [];
  const receipts: (ReceiptContent & { letters: { reference: string; polarity: Polarity }[] })[] = [];
  let position = -1;
  let current: (typeof receipts)[number] | undefined;
  for (const segment of segmentsOf(bytes)) {
    if (segment.tag === "UNH") {
      position += 1;
      current = undefined;
    } else if (segment.tag === "UCI" && isContrl(envelope, position)) {
      const original = {
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
 * An interchange of receipts again with a new envelope id, new message ids and a new time, all else as it was (document
 * 032: the original receipt is sent again). `preparedAt` is local time, ISO 8601.
 */
export function renewReceipt(
  bytes: Uint8Array,
  fresh: { reference: string; messageReference: (index: number) => string; preparedAt: string },
): Uint8Array {
  const [date = "", time = ""] = fresh.preparedAt.split("T");
  const messages: { header: Segment; segments: Segment[] }[] = [];
  let header: Segment = { tag: "UNB", elements: [] };
  let current: (typeof messages)[number] | undefined;
  for (const read of segmentsOf(bytes)) {
    const { after: _, ...segment } = read;
    switch (segment.tag) {
      case "UNB":
        header = replaced(
          replaced(segment, 4, [date.replaceAll("-", "").slice(2), time.replace(":", "")]),
          5,
          [fresh.reference],
        );
        break;
      case "UNH":
        current = { header: replaced(segment, 1, [fresh.messageReference(messages.length)]), segments: [] };
        messages.push(current);
        break;
      case "UNT":
        current = undefined;
        break;
      default:
        current?.segments.push(segment);
    }
  }
  return writeInterchange({ header, messages });
}

function replaced(segment: Segment, element: number, components: readonly string[]): Segment {
  return { ...segment, elements: segment.elements.with(element - 1, components) };
}
