import type { DeliveryReader } from "../delivery-reader.ts";
import type { Envelope, InterchangeEnvelope, MessageEnvelope, Party } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { hasRightCheckDigit } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { Reporter } from "../reporter.ts";
import { collector } from "./collector.ts";
import { XmlReader } from "./xml-reader.ts";

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
  const { reader, finish } = startReading(limits, false);
  let length = 0;
  return {
    push: (bytes) => {
      length += bytes.length;
      reader.push(bytes);
    },
    end: () => {
      reader.end();
      return finish(length);
    },
  };
}

function startReading(limits: Limits, headerOnly: boolean) {
  const reporter = new Reporter(limits.findingsMax);
  const reading = new EmessageReading(reporter);
  const part = headerOnly ? "head" : "whole";
  const reader = new XmlReader(collector(reading.events(headerOnly)), limits, reporter, part);
  const finish = (length: number): Envelope => {
    const interchange = reading.interchange(length, reader.encoding);
    return { interchanges: interchange ? [interchange] : [], findings: reporter.findings };
  };
  return { reader, finish };
}

class EmessageReading {
  readonly #reporter: Reporter;
  readonly #values = new Map<string, string>();
  readonly #letters: Letter[] = [];
  #hasRoot = false;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  events(headerOnly: boolean): Parameters<typeof collector>[0] {
    return {
      opened: (path, depth, at, attributes, control) => {
        if (depth === 1) this.#beginRoot(attributes, at);
        if (depth === 2 && path !== "/Emessage/Envelope") this.#letters.push(emptyLetter(at));
        // A binary letter's object: base64 of any length, of which nothing is wanted.
        if (path.endsWith("/BinaryObject/Object_Base64Encoded")) control.passText();
      },
      leaf: ({ path, text }) => {
        if (path.startsWith("/Emessage/Envelope/")) this.#values.set(path.slice(19), text);
        else this.#takeLetterValue(path, text);
      },
      closed: (path, depth, end, control) => {
        const letter = this.#letters.at(-1);
        if (depth === 2 && letter && path !== "/Emessage/Envelope") letter.end = end;
        // The parties stand before the content in every letter of MedCom's schemas.
        if (headerOnly && depth === 3 && path.endsWith("/Receiver") && letter) control.finish();
      },
    };
  }

  #beginRoot(attributes: Readonly<Record<string, string>>, at: number): void {
    this.#hasRoot = true;
    const uris = Object.entries(attributes).filter(([name]) => name === "xmlns" || name.startsWith("xmlns:"));
    if (!uris.some(([, uri]) => namespaces.test(uri))) this.#report("xml-namespace", at, "/Emessage");
  }

  #takeLetterValue(path: string, text: string): void {
    const letter = this.#letters.at(-1);
    const below = path.slice(path.indexOf("/", 10) + 1);
    if (!letter) return;
    if (below === "Letter/Identifier") letter.reference = text;
    else if (below === "Letter/VersionCode") letter.version = text;
    else if (below === "Letter/TypeCode") letter.type = text;
    else if (below === "Letter/StatisticalCode") letter.statistical = text;
    else if (below === "Sender/EANIdentifier") letter.sender = text;
    else if (below === "Receiver/EANIdentifier") letter.receiver = text;
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
    const value = (name: string) => this.#values.get(name) ?? "";
    if (!this.#reporter.isStopped) this.#check(first);
    return {
      form: "XML",
      sender: gln(first.sender),
      receiver: gln(first.receiver),
      reference: value("Identifier"),
      ...preparedAt(value("Sent/Date"), value("Sent/Time") || value("Sent/TimeWithSec")),
      acknowledgementRequested: value("AcknowledgementCode") === "pluspositivkvitt",
      isTest: false,
      encoding,
      range: { start: 0, end: length },
      messages: this.#letters.map((letter) => messageOf(letter, length)),
    };
  }

  #check(first: Letter): void {
    if (!this.#values.get("Identifier")) this.#report("element-missing", 0, "/Emessage/Envelope/Identifier");
    const sent = preparedAt(
      this.#values.get("Sent/Date") ?? "",
      this.#values.get("Sent/Time") ?? this.#values.get("Sent/TimeWithSec") ?? "",
    );
    if (!("preparedAt" in sent)) this.#report("element-value", 0, "/Emessage/Envelope/Sent");
    for (const [at, letter] of this.#letters.entries()) this.#checkLetter(letter, at + 1, first);
    const references = this.#letters.map((letter) => letter.reference);
    for (const [at, reference] of references.entries()) {
      if (reference && references.indexOf(reference) < at) {
        this.#report("duplicate-message", this.#letters[at]?.start ?? 0, "Letter/Identifier", at + 1);
      }
    }
  }

  #checkLetter(letter: Letter, number: number, first: Letter): void {
    const report = (code: FindingCode, path: string) => this.#report(code, letter.start, path, number);
    if (!letter.reference) report("element-missing", "Letter/Identifier");
    if (!letter.version) report("element-missing", "Letter/VersionCode");
    if (!letter.sender) report("element-missing", "Sender/EANIdentifier");
    if (!letter.receiver) report("element-missing", "Receiver/EANIdentifier");
    if (hasRightCheckDigit(letter.sender) === false) report("gln-check-digit", "Sender/EANIdentifier");
    if (hasRightCheckDigit(letter.receiver) === false) report("gln-check-digit", "Receiver/EANIdentifier");
    if (letter.sender !== first.sender || letter.receiver !== first.receiver)
      report("parties-differ", "Sender");
    const code = typeCode(letter);
    const type = findMessageType(code, letter.version);
    if (type?.status === "superseded") report("version-superseded", "Letter/VersionCode");
    if (type) return;
    if (code === "" || !findMessageType(code)) report("type-unknown", "Letter/TypeCode");
    else if (letter.version) report("version-unknown", "Letter/VersionCode");
  }
}

const emptyLetter = (start: number): Letter => ({
  start,
  end: -1,
  ...{ reference: "", version: "", type: "", statistical: "", sender: "", receiver: "" },
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
    unhType: family?.unhType ?? "",
    ...(code && { code }),
    ...(letter.version && { version: letter.version }),
    ...(type && { type }),
    range: { start: letter.start, end: letter.end < 0 ? length : letter.end },
  };
}

const gln = (id: string): Party => ({ id, qualifier: "14" });

function preparedAt(date: string, time: string): { preparedAt?: string } {
  const isMoment =
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(date) &&
    /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.test(time);
  return isMoment ? { preparedAt: `${date}T${time}` } : {};
}
