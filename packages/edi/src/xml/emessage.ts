import type { DeliveryReader } from "../delivery-reader.ts";
import type { Envelope, InterchangeEnvelope, MessageEnvelope, OwnPlace, Party } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { missingAt } from "../placed.ts";
import { Reporter } from "../reporter.ts";
import {
  checkEnvelope,
  checkLetters,
  codeOf,
  type EnvelopeValues,
  type Letter,
  type LetterValues,
  momentOf,
  type ReportEmessage,
} from "./emessage-checks.ts";
import { elementTree, KnownElements, type KnownEvents, many, one } from "./known-elements.ts";
import { type XmlReading, xmlDeliveryReader } from "./xml-delivery-reader.ts";
import { type XmlControl, XmlReader } from "./xml-reader.ts";

const namespaces = /^http:\/\/rep\.oio\.dk\/(?:sundcom\.dk\/)?medcom\.dk\/xml\/schemas\/\d{4}\/\d\d\/\d\d\/$/;
/** Whether a namespace is one of MedCom's for messages. */
export const isMedcomNamespace = (uri: string) => namespaces.test(uri);

const party = () => one({ EANIdentifier: one() });
/** Elements that MedCom's schemas allow once in an envelope, a message, or a receipt's answer to an envelope. */
const tree = elementTree("Emessage", {
  Envelope: one({
    Sent: one({ Date: one(), Time: one(), TimeWithSec: one() }),
    Identifier: one(),
    AcknowledgementCode: one(),
  }),
  "*": many({
    Letter: one({ Identifier: one(), VersionCode: one(), TypeCode: one(), StatisticalCode: one() }),
    Sender: party(),
    Receiver: party(),
    OriginalEmessage: one({
      OriginalEnvelopeIdentifier: one(),
      OriginalSender: party(),
      OriginalReceiver: party(),
      RefuseCode: one(),
      OriginalLetter: many({
        OriginalLetterIdentifier: one(),
        OriginalVersionCode: one(),
        RefuseCode: one(),
      }),
    }),
  }),
});

/** Reads a MedCom XML interchange (Emessage): its envelope, and every message's type, version, parties and byte range. */
export function readEmessage(bytes: Uint8Array, limits: Limits, headerOnly: boolean): Envelope {
  const { reader, finish } = startReading(limits, headerOnly);
  reader.read(bytes);
  return finish(bytes.length);
}

/** Reads a MedCom XML interchange pushed in chunks. */
export function emessageReader(limits: Limits): DeliveryReader {
  return xmlDeliveryReader(startReading(limits, false));
}

function startReading(limits: Limits, headerOnly: boolean): XmlReading {
  const reporter = new Reporter(limits.findingsMax);
  const reading = new EmessageReading(reporter, limits.messagesMax, headerOnly);
  // The object of a binary message: base64 of any length, none of which is wanted.
  const rules = {
    isRoot: isMedcomNamespace,
    isOther: isMedcomNamespace,
    passed: "Object_Base64Encoded",
  };
  const handlers = (control: XmlControl) => new KnownElements(tree, rules, reading, control);
  const reader = new XmlReader(handlers, limits, reporter, headerOnly ? "</Receiver>" : undefined);
  const finish = (length: number): Envelope => {
    const interchange = reading.interchange(length, reader.encoding);
    return { interchanges: interchange ? [interchange] : [], findings: reporter.findings };
  };
  return { reader, finish };
}

/** Where in a message its values are. */
const letterPaths: Readonly<Record<string, keyof LetterValues>> = {
  "*/Letter/Identifier": "reference",
  "*/Letter/VersionCode": "version",
  "*/Letter/TypeCode": "type",
  "*/Letter/StatisticalCode": "statistical",
  "*/Sender/EANIdentifier": "sender",
  "*/Receiver/EANIdentifier": "receiver",
};

const envelopePaths: Readonly<Record<string, Exclude<keyof EnvelopeValues, "at">>> = {
  "Envelope/Identifier": "reference",
  "Envelope/AcknowledgementCode": "acknowledgement",
  "Envelope/Sent/Date": "date",
  "Envelope/Sent/Time": "time",
  "Envelope/Sent/TimeWithSec": "timeWithSeconds",
};

class EmessageReading implements KnownEvents {
  readonly #reporter: Reporter;
  readonly #lettersMax: number;
  /** Reading ends after the first message's parties. */
  readonly #headerOnly: boolean;
  #values: EnvelopeValues = emptyEnvelope(0);
  readonly #letters: Letter[] = [];
  readonly #own: OwnPlace[] = [];
  /** The message being read. */
  #letter: Letter | undefined;
  #hasRoot = false;

  constructor(reporter: Reporter, lettersMax: number, headerOnly: boolean) {
    this.#reporter = reporter;
    this.#lettersMax = lettersMax;
    this.#headerOnly = headerOnly;
  }

  opened(path: string, at: number): void {
    if (path === "*") this.#letter = this.#beginLetter(at);
    else if (path === "Envelope") this.#values = emptyEnvelope(at);
    else if (path === "") this.#hasRoot = true;
  }

  leaf({ path, text, at }: { path: string; text: string; at: number }): void {
    const value = { text, at };
    const inLetter = letterPaths[path];
    const inEnvelope = inLetter ? undefined : envelopePaths[path];
    if (inLetter && this.#letter) this.#letter[inLetter] = value;
    else if (inEnvelope) this.#values[inEnvelope] = value;
  }

  closed(path: string, at: number, control: XmlControl): void {
    if (path === "*" && this.#letter) {
      this.#letter.end = control.elementEnd();
      this.#letter = undefined;
    } else if (path === "Envelope") {
      this.#own.push({ what: "both", range: { start: at, end: control.elementEnd() } });
    } else if (this.#headerOnly && path === "*/Receiver") {
      // In every message of MedCom's schemas the parties precede the content.
      control.finish();
    }
  }

  refused(code: FindingCode, path: string, at: number): void {
    // An element in a foreign namespace is not one of the messages.
    const message = path.startsWith("*/") ? this.#letters.length : undefined;
    this.#report(code, at, path.startsWith("*/") ? path.slice(2) : shownPath(path), message);
  }

  #beginLetter(at: number): Letter {
    const letter = emptyLetter(at);
    if (this.#letters.length < this.#lettersMax) this.#letters.push(letter);
    else this.#reporter.stop("too-many-messages", { interchange: 1, offset: at });
    return letter;
  }

  #report(code: FindingCode, offset: number, path: string, message?: number): void {
    this.#reporter.add(code, { interchange: 1, ...(message && { message }), path, offset });
  }

  interchange(length: number, encoding: string): InterchangeEnvelope | undefined {
    const [first] = this.#letters;
    if (!this.#hasRoot || !first) {
      if (!this.#reporter.isStopped) this.#report("empty-interchange", length, "/Emessage");
      return undefined;
    }
    const values = this.#values;
    const preparedAt = momentOf(values);
    const messages = this.#letters.map((letter) => messageOf(letter, length));
    if (!this.#reporter.isStopped) {
      const report: ReportEmessage = (code, path, at, message) => this.#report(code, at, path, message);
      checkEnvelope(values, preparedAt, report);
      checkLetters(this.#letters, messages, report);
    }
    return {
      form: "XML",
      sender: gln(first.sender.text),
      receiver: gln(first.receiver.text),
      reference: values.reference.text,
      ...(preparedAt && { preparedAt }),
      acknowledgementRequested: values.acknowledgement.text === "pluspositivkvitt",
      isTest: false,
      encoding,
      range: { start: 0, end: length },
      messages,
      own: this.#own,
    };
  }
}

const shownPath = (path: string) => (path === "" || path === "*" ? "/Emessage" : `/Emessage/${path}`);

function emptyEnvelope(at: number): EnvelopeValues {
  const missing = missingAt(at);
  return {
    ...{ at, reference: missing, acknowledgement: missing },
    ...{ date: missing, time: missing, timeWithSeconds: missing },
  };
}

function emptyLetter(start: number): Letter {
  const missing = missingAt(start);
  return {
    ...{ start, end: -1, reference: missing, version: missing },
    ...{ type: missing, statistical: missing, sender: missing, receiver: missing },
  };
}

function messageOf(letter: Letter, length: number): MessageEnvelope {
  const code = codeOf(letter);
  const version = letter.version.text;
  const type = findMessageType(code, version);
  const family = type ?? findMessageType(code);
  return {
    reference: letter.reference.text,
    sender: gln(letter.sender.text),
    receiver: gln(letter.receiver.text),
    unhType: family?.unhType ?? "",
    ...(code && { code }),
    ...(version && { version }),
    ...(type && { type }),
    range: { start: letter.start, end: letter.end < 0 ? length : letter.end },
  };
}

const gln = (id: string): Party => ({ id, qualifier: "14" });
