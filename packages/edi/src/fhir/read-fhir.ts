import type { DeliveryReader } from "../delivery-reader.ts";
import type { Envelope, InterchangeEnvelope, OwnPlace } from "../envelope.ts";
import { unknownForm } from "../form-unknown.ts";
import type { Limits } from "../limits.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { missingAt } from "../placed.ts";
import { Reporter } from "../reporter.ts";
import type { FhirFacts, FhirHeader } from "./facts.ts";
import { JsonBytes } from "./json-bytes.ts";
import { JsonScanner } from "./json-scanner.ts";
import { destinationOf, partyOf, type ReportPlaced } from "./parties.ts";
import { factsOfJson, isBundle, wantedOfBundle } from "./read-json.ts";
import { fhirXmlReader } from "./read-xml.ts";

/** Result of reading one notation: the facts of a Bundle, or "no bundle" for anything else. */
type Read = { facts: FhirFacts; encoding: string } | "no bundle";
type Reading = { push(bytes: Uint8Array): void; end(): Read };

/**
 * Reads a FHIR message Bundle (R4 messaging, JSON or XML): parties from MessageHeader and its organisations, event, version and
 * response.
 */
export function readFhirMessage(bytes: Uint8Array, notation: "XML" | "JSON", limits: Limits): Envelope {
  const reader = fhirReader(notation, limits);
  reader.push(bytes);
  return reader.end();
}

/** Reads a FHIR message Bundle pushed in chunks; other JSON is reported as an unknown form. */
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
      if (reporter.isStopped) return { interchanges: [], findings: reporter.findings };
      return read === "no bundle" ? unknownForm("JSON") : messageOf({ ...read, notation }, length, reporter);
    },
  };
}

function messageOf(
  { facts, encoding, notation }: { facts: FhirFacts; encoding: string; notation: "XML" | "JSON" },
  length: number,
  reporter: Reporter,
): Envelope {
  const report: ReportPlaced = (code, path, offset) => {
    const isOfBundle = path.startsWith("Bundle.") && !path.startsWith("Bundle.entry.");
    reporter.add(code, { interchange: 1, ...(!isOfBundle && { message: 1 }), path, offset });
  };
  const { header, secondHeaderAt } = facts;
  if (!header) report("fhir-no-header", "Bundle.entry[0]", facts.entriesAt);
  else if (secondHeaderAt !== undefined) report("fhir-several-headers", "Bundle.entry", secondHeaderAt);
  if (!header) return { interchanges: [], findings: reporter.findings };
  const read = envelopeOf(facts, header, { length, encoding }, report);
  const interchange = { ...read, notation };
  check(interchange, facts, header, report);
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

function jsonReading(limits: Limits, reporter: Reporter): Reading {
  const input = new JsonBytes();
  const scanner = new JsonScanner(wantedOfBundle, limits, {
    byteOf: (offset) => input.byteOf(offset),
    repeated: ({ offset, path }) => {
      const isOfMessage = path?.[0] === "entry";
      const place = path && { path: `Bundle.${path.join(".")}` };
      reporter.add("element-repeated", {
        ...{ interchange: 1, ...(isOfMessage && { message: 1 }), ...place, offset },
      });
    },
  });
  let room = limits.inputBytesMax;
  const tell = () => {
    if (reporter.isStopped) return;
    if (scanner.fault) reporter.stop(scanner.fault.code, { interchange: 1, offset: scanner.fault.offset });
    else if (input.faultAt !== undefined)
      reporter.stop("invalid-character", { interchange: 1, offset: input.faultAt });
  };
  const scan = (bytes: Uint8Array) => scanner.push(bytes);
  return {
    push: (bytes) => {
      input.push(bytes.subarray(0, room), scan);
      tell();
      room -= bytes.length;
      if (room < 0 && !reporter.isStopped)
        reporter.stop("interchange-too-long", { interchange: 1, offset: limits.inputBytesMax });
    },
    end: () => {
      if (!reporter.isStopped) input.end(scan);
      if (!reporter.isStopped && input.faultAt === undefined) scanner.end();
      tell();
      if (!reporter.isStopped && !isBundle(scanner.value)) return "no bundle";
      return { facts: factsOfJson(scanner, ownOf(scanner, input.encoding)), encoding: input.encoding };
    },
  };
}

/** JSON is rewritten in UTF-8 only. */
function ownOf({ texts }: JsonScanner, encoding: string): OwnPlace[] {
  if (encoding !== "utf-8") return [];
  return texts.flatMap(({ name, range }) => {
    const what = name === "id" ? "id" : name === "timestamp" ? "time" : undefined;
    return what ? [{ what, range } as const] : [];
  });
}

function envelopeOf(
  facts: FhirFacts,
  header: FhirHeader,
  { length, encoding }: { length: number; encoding: string },
  report: ReportPlaced,
): InterchangeEnvelope {
  // The definition names the version after a bar: ...MessageDefinition|2.0
  const version = /\|([\w.-]{1,20})$/.exec(header.definition.text)?.[1] ?? "";
  const event = header.event.text;
  const type = version === "" ? undefined : findMessageType(event, version);
  const range = { start: 0, end: length };
  const destination = destinationOf(header, report);
  const sender = partyOf(facts, header.sender, "MessageHeader.sender", report);
  const to = destination?.receiver ?? missingAt(header.at);
  const receiver = partyOf(facts, to, "MessageHeader.destination.receiver", report);
  const { response } = header;
  return {
    form: "FHIR",
    sender,
    receiver,
    reference: facts.id.text,
    ...(isMoment(facts.timestamp.text) && { preparedAt: facts.timestamp.text }),
    acknowledgementRequested: response === undefined,
    isTest: false,
    encoding,
    range,
    own: facts.own,
    messages: [
      {
        reference: header.id.text,
        sender,
        receiver,
        unhType: "",
        ...(event && { code: event }),
        ...(version && { version }),
        ...(type && { type }),
        range,
      },
    ],
    ...(response && {
      receipt: {
        polarity: response.code.text === "ok" ? ("positive" as const) : ("negative" as const),
        originalEnvelope: "",
        originalMessage: response.identifier.text,
      },
    }),
  };
}

const isMoment = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text);

function check(
  { preparedAt, messages: [message] }: InterchangeEnvelope,
  { id, type, timestamp }: FhirFacts,
  header: FhirHeader,
  report: ReportPlaced,
): void {
  if (type.text !== "message") report("element-value", "Bundle.type", type.at);
  if (id.text === "") report("element-missing", "Bundle.id", id.at);
  if (!preparedAt) report("element-value", "Bundle.timestamp", timestamp.at);
  if (header.id.text === "") report("element-missing", "MessageHeader.id", header.id.at);
  if (!message?.code || !findMessageType(message.code))
    report("type-unknown", "MessageHeader.eventCoding", header.event.at);
  else if (!message.type) report("version-unknown", "MessageHeader.definition", header.definition.at);
}
