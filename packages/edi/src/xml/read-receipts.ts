import type { InterchangeEnvelope } from "../envelope.ts";
import { defaultLimits } from "../limits.ts";
import { Reporter } from "../reporter.ts";
import { collector } from "./collector.ts";
import { XmlReader } from "./xml-reader.ts";

/** What a receipt in MedCom XML says of the delivery that it answers. */
export type XmlReceipt = {
  /** Which letter of its own delivery it is, from 0. */
  readonly position: number;
  readonly kind: "NegativeVansReceipt" | "NegativeReceipt" | "PositiveReceipt";
  readonly original: { readonly reference: string; readonly sender: string; readonly receiver: string };
  /** A reason is given for the delivery as a whole. */
  readonly isRefused: boolean;
  readonly letters: readonly { readonly reference: string; readonly isRefused: boolean }[];
};

type Draft = {
  kind: string;
  original: { reference: string; sender: string; receiver: string };
  isRefused: boolean;
  letters: { reference: string; isRefused: boolean }[];
};

const kinds: ReadonlySet<string> = new Set(["NegativeVansReceipt", "NegativeReceipt", "PositiveReceipt"]);

/** Reads the receipts (XCTL01, XCTL02, XCTL03) in a MedCom XML delivery, in order; other letters are passed over. */
export function readXmlReceipts(
  bytes: Uint8Array,
  envelope: Pick<InterchangeEnvelope, "form">,
): readonly XmlReceipt[] {
  if (envelope.form !== "XML") return [];
  const reader = xmlReceiptReader();
  reader.push(bytes);
  return reader.end();
}

/** The same of bytes that are pushed in chunks. */
export function xmlReceiptReader(): { push(bytes: Uint8Array): void; end(): readonly XmlReceipt[] } {
  const drafts: Draft[] = [];
  const events: Parameters<typeof collector>[0] = {
    opened: (path, depth, _at, _attributes, control) => {
      if (depth === 2 && path !== "/Emessage/Envelope") drafts.push(emptyDraft(path.slice(10)));
      if (path.endsWith("/Object_Base64Encoded")) control.passText();
      if (path.endsWith("/OriginalEmessage/OriginalLetter"))
        drafts.at(-1)?.letters.push({ reference: "", isRefused: false });
    },
    leaf: ({ path, text }) => {
      const draft = drafts.at(-1);
      const below = path.split("/OriginalEmessage/")[1];
      if (draft && below !== undefined) takeValue(draft, below, text);
    },
  };
  const reporter = new Reporter(defaultLimits.findingsMax);
  const reader = new XmlReader(collector(events), defaultLimits, reporter);
  return {
    push: (bytes) => reader.push(bytes),
    end: () => {
      reader.end();
      return drafts.flatMap((draft, position) => (isReceipt(draft) ? [{ position, ...draft }] : []));
    },
  };
}

const isReceipt = (draft: Draft): draft is Draft & { kind: XmlReceipt["kind"] } => kinds.has(draft.kind);

const emptyDraft = (kind: string): Draft => ({
  kind,
  original: { reference: "", sender: "", receiver: "" },
  isRefused: false,
  letters: [],
});

function takeValue(draft: Draft, below: string, text: string): void {
  const letter = draft.letters.at(-1);
  if (below === "OriginalEnvelopeIdentifier") draft.original.reference = text;
  else if (below === "OriginalSender/EANIdentifier") draft.original.sender = text;
  else if (below === "OriginalReceiver/EANIdentifier") draft.original.receiver = text;
  else if (below === "RefuseCode") draft.isRefused = true;
  else if (below === "OriginalLetter/OriginalLetterIdentifier" && letter) letter.reference = text;
  else if (below === "OriginalLetter/RefuseCode" && letter) letter.isRefused = true;
}
