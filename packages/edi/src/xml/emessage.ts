import type { DeliveryReader } from "../delivery-reader.ts";
import { preparedAtOf } from "../edifact/prepared-at.ts";
import type { Envelope, InterchangeEnvelope, MessageEnvelope, OwnPlace, Party } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { hasRightCheckDigit } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { Reporter } from "../reporter.ts";
import { type XmlReading, xmlDeliveryReader } from "./xml-delivery-reader.ts";
import { type Attributes, type XmlControl, type XmlHandlers, XmlReader } from "./xml-reader.ts";

type Letter = {
  start: number;
  end: number;
  reference: string;
  version: string;
  type: string;
  statistical: string;
  sender: string;
  receiver: string;
};

const namespaces = /^http:\/\/rep\.oio\.dk\/(?:sundcom\.dk\/)?medcom\.dk\/xml\/schemas\/\d{4}\/\d\d\/\d\d\/$/;

/** Reads a MedCom XML delivery (Emessage): its envelope and every letter's type, version, parties and byte range. */
export function readEmessage(bytes: Uint8Array, limits: Limits, headerOnly: boolean): Envelope {
  const { reader, finish } = startReading(limits, headerOnly);
  reader.read(bytes);
  return finish(bytes.length);
}

/** Reads a MedCom XML delivery pushed in chunks. */
export function emessageReader(limits: Limits): DeliveryReader {
  return xmlDeliveryReader(startReading(limits, false));
}

function startReading(limits: Limits, headerOnly: boolean): XmlReading {
  const reporter = new Reporter(limits.findingsMax);
  const reading = new EmessageReading(reporter, limits.messagesMax, headerOnly);
  const reader = new XmlReader(() => reading, limits, reporter, headerOnly ? "</Receiver>" : undefined);
  reading.control = reader;
  const finish = (length: number): Envelope => {
    const interchange = reading.interchange(length, reader.encoding);
    return { interchanges: interchange ? [interchange] : [], findings: reporter.findings };
  };
  return { reader, finish };
}

/** Below this depth nothing of the envelope is found: /Emessage/Envelope/Sent/Date, /Emessage/(letter)/Letter/Identifier. */
const deepest = 4;

class EmessageReading implements XmlHandlers {
  readonly #reporter: Reporter;
  /** Reading ends with the first letter's parties. */
  readonly #headerOnly: boolean;
  control: XmlControl | undefined;
  readonly #values = { Identifier: "", AcknowledgementCode: "", Date: "", Time: "", TimeWithSec: "" };
  readonly #letters: Letter[] = [];
  readonly #own: OwnPlace[] = [];
  #partStart = 0;
  readonly #lettersMax: number;
  #hasRoot = false;
  /** The letter being read; undefined within Envelope. */
  #letter: Letter | undefined;
  #section = "";
  #text = "";
  /** Depth of the element opened last until an element ends, then beyond all that are looked at. */
  #leafDepth = deepest + 1;

  constructor(reporter: Reporter, lettersMax: number, headerOnly: boolean) {
    this.#reporter = reporter;
    this.#lettersMax = lettersMax;
    this.#headerOnly = headerOnly;
  }

  open(name: string, depth: number, attributes: Attributes, at: number): void {
    this.#leafDepth = depth;
    this.#text = "";
    if (depth === 1) this.#beginRoot(attributes, at);
    else if (depth === 2) {
      this.#partStart = at;
      this.#letter = name === "Envelope" ? undefined : this.#beginLetter(at);
    } else if (depth === 3) this.#section = name;
    // A binary letter's object: base64 of any length, of which nothing is wanted.
    if (name === "Object_Base64Encoded") this.control?.passText();
  }

  text(piece: string): void {
    if (this.#leafDepth <= deepest) this.#text += piece;
  }

  close(name: string, depth: number, end: number): void {
    if (depth === this.#leafDepth && depth <= deepest) this.#takeLeaf(name, depth, this.#text.trim());
    this.#leafDepth = deepest + 1;
    if (depth === 2 && this.#letter) this.#letter.end = end;
    else if (depth === 2) this.#own.push({ what: "both", range: { start: this.#partStart, end } });
    // The parties stand before the content in every letter of MedCom's schemas.
    if (this.#headerOnly && depth === 3 && name === "Receiver" && this.#letter) this.control?.finish();
  }

  #takeLeaf(name: string, depth: number, text: string): void {
    const letter = this.#letter;
    if (letter) {
      if (depth === 4) takeLetterValue(letter, this.#section, name, text);
    } else if (depth === 3) {
      if (name === "Identifier" || name === "AcknowledgementCode") this.#values[name] = text;
    } else if (depth === 4 && this.#section === "Sent") {
      if (name === "Date" || name === "Time" || name === "TimeWithSec") this.#values[name] = text;
    }
  }

  #beginLetter(at: number): Letter {
    const letter = emptyLetter(at);
    if (this.#letters.length < this.#lettersMax) this.#letters.push(letter);
    else this.#reporter.stop("too-many-messages", { interchange: 1, offset: at });
    return letter;
  }

  #beginRoot(attributes: Readonly<Record<string, string>>, at: number): void {
    this.#hasRoot = true;
    for (const name in attributes)
      if (name.startsWith("xmlns") && namespaces.test(attributes[name] ?? "")) return;
    this.#report("xml-namespace", at, "/Emessage");
  }

  #report(code: FindingCode, offset: number, path: string, message?: number): void {
    this.#reporter.add(code, { interchange: 1, ...(message && { message }), path, offset });
  }

  interchange(length: number, encoding: string): InterchangeEnvelope | undefined {
    if (!this.#hasRoot || this.#letters.length === 0) {
      if (!this.#reporter.isStopped) this.#report("empty-interchange", length, "/Emessage");
      return undefined;
    }
    const [first] = this.#letters as [Letter];
    const values = this.#values;
    const preparedAt = momentOf(values.Date, values.Time || values.TimeWithSec);
    if (!this.#reporter.isStopped) this.#check(preparedAt);
    return {
      form: "XML",
      sender: gln(first.sender),
      receiver: gln(first.receiver),
      reference: values.Identifier,
      ...(preparedAt && { preparedAt }),
      acknowledgementRequested: values.AcknowledgementCode === "pluspositivkvitt",
      isTest: false,
      encoding,
      range: { start: 0, end: length },
      messages: this.#letters.map((letter) => messageOf(letter, length)),
      own: this.#own,
    };
  }

  #check(preparedAt: string | undefined): void {
    if (!this.#values.Identifier) this.#report("element-missing", 0, "/Emessage/Envelope/Identifier");
    if (!preparedAt) this.#report("element-value", 0, "/Emessage/Envelope/Sent");
    const references = new Set<string>();
    for (const [at, letter] of this.#letters.entries()) {
      this.#checkLetter(letter, at + 1);
      const { reference, start } = letter;
      if (references.has(reference)) this.#report("duplicate-message", start, "Letter/Identifier", at + 1);
      else if (reference) references.add(reference);
    }
  }

  #checkLetter(letter: Letter, number: number): void {
    const report = (code: FindingCode, path: string) => this.#report(code, letter.start, path, number);
    if (!letter.reference) report("element-missing", "Letter/Identifier");
    if (!letter.version) report("element-missing", "Letter/VersionCode");
    if (!letter.sender) report("element-missing", "Sender/EANIdentifier");
    if (!letter.receiver) report("element-missing", "Receiver/EANIdentifier");
    if (hasRightCheckDigit(letter.sender) === false) report("gln-check-digit", "Sender/EANIdentifier");
    if (hasRightCheckDigit(letter.receiver) === false) report("gln-check-digit", "Receiver/EANIdentifier");
    const code = typeCode(letter);
    const type = findMessageType(code, letter.version);
    if (type?.status === "superseded") report("version-superseded", "Letter/VersionCode");
    if (type) return;
    if (code === "" || !findMessageType(code)) report("type-unknown", "Letter/TypeCode");
    else if (letter.version) report("version-unknown", "Letter/VersionCode");
  }
}

function takeLetterValue(letter: Letter, section: string, name: string, text: string): void {
  if (section === "Letter") {
    if (name === "Identifier") letter.reference = text;
    else if (name === "VersionCode") letter.version = text;
    else if (name === "TypeCode") letter.type = text;
    else if (name === "StatisticalCode") letter.statistical = text;
  } else if (name === "EANIdentifier") {
    if (section === "Sender") letter.sender = text;
    else if (section === "Receiver") letter.receiver = text;
  }
}

const emptyLetter = (start: number): Letter => ({
  start,
  end: -1,
  reference: "",
  version: "",
  type: "",
  statistical: "",
  sender: "",
  receiver: "",
});

// Receipts have no TypeCode, and some files write the statistical code without X.
function typeCode({ type, statistical }: Letter): string {
  const code = type || statistical;
  if (code === "" || code.startsWith("X")) return code;
  return findMessageType(`X${code}`) ? `X${code}` : code;
}

function messageOf(letter: Letter, length: number): MessageEnvelope {
  const code = typeCode(letter);
  const type = findMessageType(code, letter.version);
  const family = type ?? findMessageType(code);
  return {
    reference: letter.reference,
    sender: gln(letter.sender),
    receiver: gln(letter.receiver),
    unhType: family?.unhType ?? "",
    ...(code && { code }),
    ...(letter.version && { version: letter.version }),
    ...(type && { type }),
    range: { start: letter.start, end: letter.end < 0 ? length : letter.end },
  };
}

const gln = (id: string): Party => ({ id, qualifier: "14" });

/** Date and time of Sent as ISO 8601; undefined where the calendar has no such moment. */
function momentOf(date: string, time: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !/^\d\d:\d\d(?::[0-5]\d)?$/.test(time)) return undefined;
  const moment = preparedAtOf(date.replaceAll("-", ""), time.slice(0, 2) + time.slice(3, 5));
  return moment && `${date}T${time}`;
}
