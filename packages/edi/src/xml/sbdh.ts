import type { DeliveryReader } from "../delivery-reader.ts";
import type { ByteRange, Envelope, InterchangeEnvelope, Party, TransportReceipt } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { hasRightCheckDigit } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { Reporter } from "../reporter.ts";
import { CarriedReader, withCarried } from "./carried-reader.ts";
import { collector, OwnPlaces } from "./collector.ts";
import { type XmlReading, xmlDeliveryReader } from "./xml-delivery-reader.ts";
import { XmlReader } from "./xml-reader.ts";

const namespace = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";
const header = "/StandardBusinessDocument/StandardBusinessDocumentHeader/";
const content = "/StandardBusinessDocument/BinaryContent";

/** Reads an EHMI delivery (GS1/UN StandardBusinessDocument): parties, scopes, what it carries and where, or the acknowledgement it is. */
export function readSbdh(bytes: Uint8Array, limits: Limits): Envelope {
  const { reader, finish } = startReading(limits);
  reader.read(bytes);
  return finish(bytes.length);
}

/** Reads an EHMI delivery pushed in chunks, and with a reader for it the delivery that it carries. */
export function sbdhReader(limits: Limits, inside: DeliveryReader | undefined): DeliveryReader {
  return xmlDeliveryReader(startReading(limits, inside && new CarriedReader(inside)));
}

function startReading(limits: Limits, carriedReader?: CarriedReader): XmlReading {
  const reporter = new Reporter(limits.findingsMax);
  const own = new OwnPlaces({ [header.slice(0, -1)]: "both" });
  const facts: Facts = { values: new Map(), scopes: new Map(), mime: "", data: undefined, own };
  const reader = new XmlReader(collector(eventsInto(facts, reporter, carriedReader)), limits, reporter);
  const finish = (length: number): Envelope => {
    if (reporter.isStopped) return { interchanges: [], findings: reporter.findings };
    const interchange = envelopeOf(facts, length, reader.encoding);
    check(interchange, reporter);
    return withCarried(interchange, interchange.receipt ? undefined : carriedReader, reporter);
  };
  return { reader, finish };
}

type Facts = {
  readonly values: Map<string, string>;
  readonly scopes: Map<string, string>;
  mime: string;
  data: ByteRange | undefined;
  readonly own: OwnPlaces;
};

function eventsInto(
  facts: Facts,
  reporter: Reporter,
  carriedReader: CarriedReader | undefined,
): Parameters<typeof collector>[0] {
  let scope = "";
  let dataStart = 0;
  return {
    opened: (path, depth, at, attributes, control) => {
      facts.own.opened(depth, at);
      if (depth === 1 && !Object.values(attributes).includes(namespace)) {
        reporter.add("xml-namespace", { interchange: 1, path, offset: at });
      }
      if (path !== content) return;
      facts.mime = attributes.mimeType ?? "";
      dataStart = control.passText(carriedReader && ((piece) => carriedReader.push(piece)));
    },
    leaf: ({ path, text }, control) => {
      if (path === content) facts.data = { start: dataStart, end: control.passedTo };
      if (!path.startsWith(header)) return;
      const below = path.slice(header.length);
      if (below === "BusinessScope/Scope/Type") scope = text;
      else if (below === "BusinessScope/Scope/InstanceIdentifier") facts.scopes.set(scope, text);
      else facts.values.set(below, text);
    },
    closed: (path, depth, end) => facts.own.closed(path, depth, end),
  };
}

// ISO 6523: 0088 is the code of GLN.
function partyOf(identifier: string): Party {
  const [scheme = "", id] = identifier.split(":", 2);
  if (id === undefined) return { id: identifier };
  return { id, qualifier: scheme === "0088" ? "14" : scheme };
}

function envelopeOf(
  { values, scopes, mime, data, own }: Facts,
  length: number,
  encoding: string,
): InterchangeEnvelope {
  const value = (path: string) => values.get(path) ?? "";
  const standard = value("DocumentIdentification/Standard");
  const preparedAt = value("DocumentIdentification/CreationDateAndTime");
  const receipt = receiptOf(standard, value("DocumentIdentification/Type"), scopes);
  const definition = scopes.get("DOCUMENTID") ?? "";
  const type =
    findMessageType(definition) ?? findMessageType(standard, value("DocumentIdentification/TypeVersion"));
  const version = type?.version ?? value("DocumentIdentification/TypeVersion");
  const code = type?.code ?? standard;
  const [sender, receiver] = [partyOf(value("Sender/Identifier")), partyOf(value("Receiver/Identifier"))];
  return {
    form: "SBDH",
    sender,
    receiver,
    reference: value("DocumentIdentification/InstanceIdentifier"),
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(preparedAt) && { preparedAt }),
    acknowledgementRequested: scopes.get("EHMI-ReceiptAcknowledgement") === "Request",
    isTest: false,
    encoding,
    range: { start: 0, end: length },
    messages: [
      {
        reference: scopes.get("MESSAGEIDENTIFIER") ?? "",
        sender,
        receiver,
        unhType: type?.unhType ?? "",
        ...(code && { code }),
        ...(version && { version }),
        ...(type && { type }),
        range: { start: 0, end: length },
      },
    ],
    own: own.found,
    ...(data && {
      carried: { format: mime, name: scopes.get("StatisticalInformation") ?? standard, base64: data },
    }),
    ...(receipt && { receipt }),
  };
}

function receiptOf(
  standard: string,
  type: string,
  scopes: ReadonlyMap<string, string>,
): TransportReceipt | undefined {
  if (standard !== "ehmisbdh-acknowledgement") return undefined;
  const originalMessage = scopes.get("ORIGINALMESSAGEIDENTIFIER");
  return {
    polarity: type === "ReceiptAcknowledgement" ? "positive" : "negative",
    originalEnvelope: scopes.get("ORIGINALENVELOPEIDENTIFIER") ?? "",
    ...(originalMessage && { originalMessage }),
  };
}

function check(envelope: InterchangeEnvelope, reporter: Reporter): void {
  const report = (code: FindingCode, path: string) =>
    reporter.add(code, { interchange: 1, path: header + path, offset: 0 });
  for (const [name, party] of [
    ["Sender", envelope.sender],
    ["Receiver", envelope.receiver],
  ] as const) {
    if (party.id === "") report("element-missing", `${name}/Identifier`);
    if (party.qualifier === "14" && hasRightCheckDigit(party.id) === false)
      report("gln-check-digit", `${name}/Identifier`);
  }
  if (envelope.reference === "") report("element-missing", "DocumentIdentification/InstanceIdentifier");
  if (!envelope.preparedAt) report("element-value", "DocumentIdentification/CreationDateAndTime");
  if (!envelope.messages[0]?.reference) report("element-missing", "BusinessScope/Scope[MESSAGEIDENTIFIER]");
  if (!envelope.messages[0]?.type) report("type-unknown", "BusinessScope/Scope[DOCUMENTID]");
}
