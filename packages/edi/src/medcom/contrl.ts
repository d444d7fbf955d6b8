import type { Segment } from "../edifact/segment.ts";
import { partyComponents, writeInterchange } from "../edifact/write.ts";
import type { InterchangeEnvelope, MessageEnvelope, Party } from "../envelope.ts";
import { brokenIntoLines } from "./lines.ts";
import type { Refusal } from "./refusals.ts";

export type ReceiptKind = "CTL01" | "CTL02" | "CTL03";

/** The content of a receipt, and its envelope. */
export type ContrlValues = {
  readonly kind: ReceiptKind;
  /** The interchange that is answered, as read. */
  readonly subject: InterchangeEnvelope;
  /** Who answers: for CTL01 the network operator; otherwise the receiver of the subject, which is the default. */
  readonly sender?: Party;
  readonly reference: string;
  readonly messageReference: string;
  /** Local time, ISO 8601. */
  readonly preparedAt: string;
  /** Why the whole interchange is refused. */
  readonly refusal?: Refusal;
  /** The messages answered; all by default. A message with a refusal is refused individually. */
  readonly messages?: readonly { readonly index: number; readonly refusal?: Refusal }[];
  readonly lineBreak?: string;
};

const versions: Record<ReceiptKind, string> = { CTL01: "C0130Q", CTL02: "C0230Q", CTL03: "C0330Q" };
const rejected = "4";
const accepted = "7";

/**
 * Builds a MedCom receipt (CONTRL C0130Q, C0230Q, C0330Q) for an EDIFACT interchange; undefined if the subject is itself a
 * receipt, which must not be answered.
 */
export function buildContrl(values: ContrlValues): Uint8Array | undefined {
  const { subject, kind } = values;
  if (subject.messages.length > 0 && subject.messages.every(isReceipt)) return undefined;
  return writeInterchange({
    header: {
      sender: values.sender ?? subject.receiver,
      receiver: subject.sender,
      preparedAt: values.preparedAt,
      reference: values.reference,
    },
    messages: [
      {
        header: {
          reference: values.messageReference,
          identifier: ["CONTRL", "D", "93A", "ZZ", versions[kind]],
          code: kind,
        },
        segments: receiptSegments(values),
      },
    ],
    ...(values.lineBreak !== undefined && { lineBreak: values.lineBreak }),
  });
}

/** Whether a message is a receipt, which must not be answered by another. */
export const isReceipt = (message: MessageEnvelope) =>
  message.unhType === "CONTRL" || message.type?.kind === "receipt";

function receiptSegments({ kind, subject, refusal, messages }: ContrlValues): Segment[] {
  const answered = messages ?? subject.messages.map((_, index) => ({ index }));
  const isNegative = kind !== "CTL03";
  // Messages that are not answered here have no result yet: then the interchange as a whole is not refused.
  const isWhole = answered.length > 0 && answered.length >= subject.messages.length;
  const allRefused = isWhole && answered.every((message) => "refusal" in message && message.refusal);
  const wholeAction =
    isNegative && (refusal || allRefused || !answered.some(hasRefusal)) ? rejected : accepted;
  return [
    // MedCom keeps the original interchange's sender and receiver in their order, not swapped.
    {
      tag: "UCI",
      elements: [
        [subject.reference],
        partyComponents(subject.sender),
        partyComponents(subject.receiver),
        [wholeAction],
      ],
    },
    ...(isNegative && refusal ? [refusalSegment(refusal)] : []),
    ...answered.flatMap((answer) => {
      const message = subject.messages[answer.index];
      if (!message) throw new RangeError(`the interchange has no message ${answer.index}`);
      const own = isNegative && hasRefusal(answer) ? answer.refusal : undefined;
      const action = wholeAction === rejected || own ? rejected : accepted;
      const elements = [[message.reference], message.identifier ?? [], [action]];
      return [{ tag: "UCM", elements }, ...(own ? [refusalSegment(own)] : [])];
    }),
  ];
}

const hasRefusal = (message: {
  readonly index: number;
  readonly refusal?: Refusal;
}): message is { index: number; refusal: Refusal } => message.refusal !== undefined;

// C108 holds five lines of free text (data element 4440) of 70 characters.
const lineLength = 70;
const linesMax = 5;

function refusalSegment({ reason, text }: Refusal): Segment {
  const latin = text.replace(/[^\x20-\x7e\xa0-\xff\n]/g, "?");
  const lines = latin.split("\n").flatMap((line) => brokenIntoLines(line, lineLength));
  return { tag: "FTX", elements: [[reason], ["P00"], [], lines.slice(0, linesMax)] };
}
