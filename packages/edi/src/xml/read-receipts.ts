import type { InterchangeEnvelope } from "../envelope.ts";
import { defaultLimits } from "../limits.ts";
import { Reporter } from "../reporter.ts";
import { isMedcomNamespace } from "./emessage.ts";
import { elementTree, KnownElements, type KnownEvents, many, one } from "./known-elements.ts";
import { type XmlControl, XmlReader } from "./xml-reader.ts";

/** What a receipt in MedCom XML says about the interchange that it answers. */
export type XmlReceipt = {
  /** Index of the message in its own interchange, from 0. */
  readonly position: number;
  readonly kind: "NegativeVansReceipt" | "NegativeReceipt" | "PositiveReceipt";
  readonly original: { readonly reference: string; readonly sender: string; readonly receiver: string };
  /** A reason is given for the interchange as a whole. */
  readonly isRefused: boolean;
  readonly messages: readonly { readonly reference: string; readonly isRefused: boolean }[];
};

const party = () => one({ EANIdentifier: one() });
const receipt = {
  OriginalEmessage: one({
    OriginalEnvelopeIdentifier: one(),
    OriginalSender: party(),
    OriginalReceiver: party(),
    RefuseCode: one(),
    OriginalLetter: many({ OriginalLetterIdentifier: one(), RefuseCode: one() }),
  }),
};
const tree = elementTree("Emessage", {
  Envelope: one(),
  NegativeVansReceipt: many(receipt),
  NegativeReceipt: many(receipt),
  PositiveReceipt: many(receipt),
  "*": many(),
});
// Errors in it were reported when its envelope was read.
const rules = { isRoot: isMedcomNamespace, isOther: isMedcomNamespace, passed: "Object_Base64Encoded" };

/** Reads the receipts (XCTL01, XCTL02, XCTL03) in a MedCom XML interchange, in order; other messages are ignored. */
export function readXmlReceipts(
  bytes: Uint8Array,
  envelope: Pick<InterchangeEnvelope, "form">,
): readonly XmlReceipt[] {
  if (envelope.form !== "XML") return [];
  const reader = xmlReceiptReader();
  reader.push(bytes);
  return reader.end();
}

/** Does the same for bytes pushed in chunks. */
export function xmlReceiptReader(): { push(bytes: Uint8Array): void; end(): readonly XmlReceipt[] } {
  const receipts = new Receipts();
  const reporter = new Reporter(defaultLimits.findingsMax);
  const handlers = (control: XmlControl) => new KnownElements(tree, rules, receipts, control);
  const reader = new XmlReader(handlers, defaultLimits, reporter);
  return {
    push: (bytes) => reader.push(bytes),
    end: () => {
      reader.end();
      return receipts.found;
    },
  };
}

type Draft = {
  position: number;
  kind: XmlReceipt["kind"];
  original: { reference: string; sender: string; receiver: string };
  isRefused: boolean;
  messages: { reference: string; isRefused: boolean }[];
};

class Receipts implements KnownEvents {
  readonly found: Draft[] = [];
  #messages = 0;

  opened(path: string): void {
    if (path === "" || path === "Envelope") return;
    if (!path.includes("/")) this.#beginMessage(path);
    else if (path.endsWith("/OriginalLetter"))
      this.found.at(-1)?.messages.push({ reference: "", isRefused: false });
  }

  #beginMessage(kind: string): void {
    const position = this.#messages++;
    if (!isReceiptKind(kind)) return;
    const original = { reference: "", sender: "", receiver: "" };
    this.found.push({ position, kind, original, isRefused: false, messages: [] });
  }

  leaf({ path, text }: { path: string; text: string }): void {
    const draft = this.found.at(-1);
    const below = path.split("/OriginalEmessage/")[1];
    if (draft && below !== undefined) takeValue(draft, below, text);
  }

  refused(): void {}
}

const isReceiptKind = (name: string): name is XmlReceipt["kind"] =>
  name === "NegativeVansReceipt" || name === "NegativeReceipt" || name === "PositiveReceipt";

function takeValue(draft: Draft, below: string, text: string): void {
  const message = draft.messages.at(-1);
  if (below === "OriginalEnvelopeIdentifier") draft.original.reference = text;
  else if (below === "OriginalSender/EANIdentifier") draft.original.sender = text;
  else if (below === "OriginalReceiver/EANIdentifier") draft.original.receiver = text;
  else if (below === "RefuseCode") draft.isRefused = true;
  else if (below === "OriginalLetter/OriginalLetterIdentifier" && message) message.reference = text;
  else if (below === "OriginalLetter/RefuseCode" && message) message.isRefused = true;
}
