import type { Envelope, InterchangeEnvelope, Party } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { hasRightCheckDigit } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { Reporter } from "../reporter.ts";
import { encodingOf } from "../xml/encodings.ts";
import type { FhirFacts, FhirHeader } from "./facts.ts";
import { factsOfJson, jsonDepth } from "./read-json.ts";
import { factsOfXml } from "./read-xml.ts";

const glnSystems = new Set(["https://www.gs1.org/gln", "urn:oid:1.3.88"]);
const sorSystem = "urn:oid:1.2.208.176.1.1";

/** Reads a FHIR message Bundle (R4 messaging, JSON or XML): parties from MessageHeader and its organisations, event, version and response. */
export function readFhirMessage(bytes: Uint8Array, notation: "XML" | "JSON", limits: Limits): Envelope {
  const reporter = new Reporter(limits.findingsMax);
  const read =
    notation === "XML" ? factsOfXml(bytes, limits, reporter) : factsOfJsonBytes(bytes, limits, reporter);
  if (!read || reporter.isStopped) return { interchanges: [], findings: reporter.findings };
  const report = (code: FindingCode, path: string) => reporter.add(code, { interchange: 1, path, offset: 0 });
  if (!read.facts.header) {
    report("fhir-no-header", "Bundle.entry[0]");
    return { interchanges: [], findings: reporter.findings };
  }
  const interchange = envelopeOf(read.facts, read.facts.header, bytes.length, read.encoding);
  check(interchange, read.facts, report);
  return { interchanges: [interchange], findings: reporter.findings };
}

function factsOfJsonBytes(
  bytes: Uint8Array,
  limits: Limits,
  reporter: Reporter,
): { facts: FhirFacts; encoding: string } | undefined {
  if (bytes.length > limits.inputBytesMax) {
    reporter.stop("interchange-too-long", { interchange: 1, offset: limits.inputBytesMax });
    return undefined;
  }
  const { encoding, markLength } = encodingOf(bytes) ?? { encoding: "utf-8", markLength: 0 };
  if (jsonDepth(bytes) > limits.depthMax) {
    reporter.stop("xml-too-deep", { interchange: 1, offset: 0 });
    return undefined;
  }
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(markLength));
    return { facts: factsOfJson(JSON.parse(text)), encoding };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    reporter.stop(error instanceof SyntaxError ? "json-malformed" : "invalid-character", {
      interchange: 1,
      offset: 0,
    });
    return undefined;
  }
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
  return {
    form: "FHIR",
    sender: partyOf(facts, header.sender),
    receiver: partyOf(facts, header.receiver),
    reference: facts.bundleId,
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(facts.timestamp) && { preparedAt: facts.timestamp }),
    acknowledgementRequested: header.response === undefined,
    isTest: false,
    encoding,
    range,
    messages: [
      {
        reference: header.id,
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
