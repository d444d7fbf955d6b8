import type { DeliveryReader } from "../delivery-reader.ts";
import type { Envelope, InterchangeEnvelope, OwnPlace, Party } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { hasRightCheckDigit } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { Reporter } from "../reporter.ts";
import { TextPieces } from "../xml/text-pieces.ts";
import type { FhirFacts, FhirHeader } from "./facts.ts";
import { JsonScanner } from "./json-scanner.ts";
import { factsOfJson, wantedOfBundle } from "./read-json.ts";
import { fhirXmlReader } from "./read-xml.ts";

const glnSystems = new Set(["https://www.gs1.org/gln", "urn:oid:1.3.88"]);
const sorSystem = "urn:oid:1.2.208.176.1.1";

type Reading = { push(bytes: Uint8Array): void; end(): { facts: FhirFacts; encoding: string } | undefined };

/** Reads a FHIR message Bundle (R4 messaging, JSON or XML): parties from MessageHeader and its organisations, event, version and response. */
export function readFhirMessage(bytes: Uint8Array, notation: "XML" | "JSON", limits: Limits): Envelope {
  const reader = fhirReader(notation, limits);
  reader.push(bytes);
  return reader.end();
}

/** Reads a FHIR message Bundle pushed in chunks. */
export function fhirReader(notation: "XML" | "JSON", limits: Limits): DeliveryReader {
  const reporter = new Reporter(limits.findingsMax);
  const reading = notation === "XML" ? xmlReading(limits, reporter) : jsonReading(limits, reporter);
  let length = 0;
  return {
    push: (bytes) => {
      length += bytes.length;
      if (!reporter.isStopped) reading.push(bytes);
    },
    end: () => {
      const read = reading.end();
      if (!read || reporter.isStopped) return { interchanges: [], findings: reporter.findings };
      return messageOf({ ...read, notation }, length, reporter);
    },
  };
}

function messageOf(
  { facts, encoding, notation }: { facts: FhirFacts; encoding: string; notation: "XML" | "JSON" },
  length: number,
  reporter: Reporter,
): Envelope {
  const report = (code: FindingCode, path: string) => reporter.add(code, { interchange: 1, path, offset: 0 });
  if (!facts.header) {
    report("fhir-no-header", "Bundle.entry[0]");
    return { interchanges: [], findings: reporter.findings };
  }
  if (facts.headers > 1) report("fhir-several-headers", "Bundle.entry");
  const read = envelopeOf(facts, facts.header, length, encoding);
  const interchange = { ...read, notation };
  check(interchange, facts, report);
  return { interchanges: [interchange], findings: reporter.findings };
}

function xmlReading(limits: Limits, reporter: Reporter): Reading {
  const { reader, facts } = fhirXmlReader(limits, reporter);
  return {
    push: (bytes) => reader.push(bytes),
    end: () => {
      reader.end();
      return { facts: facts(), encoding: reader.encoding };
    },
  };
}

/** JSON is UTF-8; in another encoding that a mark shows it is read all the same. */
function jsonReading(limits: Limits, reporter: Reporter): Reading {
  const scanner = new JsonScanner(wantedOfBundle, limits.depthMax);
  let text: TextPieces | undefined;
  let length = 0;
  const tell = (fault: JsonScanner["fault"]) => {
    if (fault && !reporter.isStopped) reporter.stop(fault.code, { interchange: 1, offset: fault.offset });
  };
  const scan = (bytes: Uint8Array) => {
    scanner.push(bytes);
    tell(scanner.fault);
  };
  const take = (read: (text: TextPieces) => Uint8Array) => {
    text ??= new TextPieces();
    try {
      scan(read(text));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      reporter.stop("invalid-character", { interchange: 1, offset: Math.max(0, length - 1) });
    }
  };
  return {
    push: (bytes) => {
      length += bytes.length;
      if (length > limits.inputBytesMax)
        reporter.stop("interchange-too-long", { interchange: 1, offset: limits.inputBytesMax });
      else take((pieces) => pieces.push(bytes));
    },
    end: () => {
      if (reporter.isStopped) return undefined;
      take((pieces) => pieces.end());
      if (!reporter.isStopped) scanner.end();
      tell(scanner.fault);
      return { facts: factsOfJson(scanner.value, ownOf(scanner, text)), encoding: text?.encoding ?? "utf-8" };
    },
  };
}

// Places in text that came in another encoding are none in the input.
function ownOf({ texts }: JsonScanner, text: TextPieces | undefined): OwnPlace[] {
  const shift = text?.markLength ?? 0;
  if (text?.encoding !== "utf-8") return [];
  return texts.flatMap(({ name, range: { start, end } }) => {
    const what = name === "id" ? "id" : name === "timestamp" ? "time" : undefined;
    return what ? [{ what, range: { start: start + shift, end: end + shift } } as const] : [];
  });
}

function envelopeOf(
  facts: FhirFacts,
  header: FhirHeader,
  length: number,
  encoding: string,
): InterchangeEnvelope {
  // The definition names the version after a bar: ...MessageDefinition|2.0
  const version = /\|([\w.-]{1,20})$/.exec(header.definition)?.[1] ?? "";
  const type = version === "" ? undefined : findMessageType(header.event, version);
  const range = { start: 0, end: length };
  const [sender, receiver] = [partyOf(facts, header.sender), partyOf(facts, header.receiver)];
  return {
    form: "FHIR",
    sender,
    receiver,
    reference: facts.bundleId,
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(facts.timestamp) && { preparedAt: facts.timestamp }),
    acknowledgementRequested: header.response === undefined,
    isTest: false,
    encoding,
    range,
    own: facts.own,
    messages: [
      {
        reference: header.id,
        sender,
        receiver,
        unhType: "",
        ...(header.event && { code: header.event }),
        ...(version && { version }),
        ...(type && { type }),
        range,
      },
    ],
    ...(header.response && {
      receipt: {
        polarity: header.response.code === "ok" ? ("positive" as const) : ("negative" as const),
        originalEnvelope: "",
        originalMessage: header.response.identifier,
      },
    }),
  };
}

function partyOf(facts: FhirFacts, reference: string): Party {
  const id = reference.replace(/^.*(?:\/|urn:uuid:)/, "");
  const organisation = facts.organisations.find(
    (entry) => reference !== "" && (entry.fullUrl === reference || entry.id === id),
  );
  const identifiers = organisation?.identifiers ?? [];
  const gln = identifiers.find((identifier) => glnSystems.has(identifier.system));
  if (gln) return { id: gln.value, qualifier: "14" };
  const sor = identifiers.find((identifier) => identifier.system === sorSystem);
  return sor ? { id: sor.value, qualifier: "SOR" } : { id: "" };
}

function check(
  envelope: InterchangeEnvelope,
  facts: FhirFacts,
  report: (code: FindingCode, path: string) => void,
): void {
  const [message] = envelope.messages;
  if (facts.bundleType !== "message") report("element-value", "Bundle.type");
  if (envelope.reference === "") report("element-missing", "Bundle.id");
  if (!envelope.preparedAt) report("element-value", "Bundle.timestamp");
  for (const [path, party] of [
    ["sender", envelope.sender],
    ["destination.receiver", envelope.receiver],
  ] as const) {
    if (party.id === "") report("element-missing", `MessageHeader.${path}`);
    if (party.qualifier === "14" && hasRightCheckDigit(party.id) === false)
      report("gln-check-digit", `MessageHeader.${path}`);
  }
  if (!message || message.reference === "") report("element-missing", "MessageHeader.id");
  if (!message?.code || !findMessageType(message.code)) report("type-unknown", "MessageHeader.eventCoding");
  else if (!message.type) report("version-unknown", "MessageHeader.definition");
}
