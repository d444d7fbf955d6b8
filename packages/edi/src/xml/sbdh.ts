import type { DeliveryReader } from "../delivery-reader.ts";
import type { Envelope, InterchangeEnvelope, Party, TransportReceipt } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { glnFault } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { Reporter } from "../reporter.ts";
import { CarriedReader, withCarried } from "./carried-reader.ts";
import { elementTree, KnownElements, type Leaf, many, one } from "./known-elements.ts";
import { type TransportForm, TransportReading } from "./transport-reading.ts";
import { type XmlReading, xmlDeliveryReader } from "./xml-delivery-reader.ts";
import { XmlReader } from "./xml-reader.ts";

const namespace = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";
/** PEPPOL's namespace for the content of an SBDH. */
const contentNamespace = "http://peppol.eu/xsd/ticc/envelope/1.0";
const header = "StandardBusinessDocumentHeader";
const scope = `${header}/BusinessScope/Scope`;

const tree = elementTree("StandardBusinessDocument", {
  [header]: one({
    Sender: one({ Identifier: one() }),
    Receiver: one({ Identifier: one() }),
    DocumentIdentification: one({
      Standard: one(),
      TypeVersion: one(),
      InstanceIdentifier: one(),
      Type: one(),
      CreationDateAndTime: one(),
    }),
    BusinessScope: one({ Scope: many({ Type: one(), InstanceIdentifier: one() }) }),
  }),
  BinaryContent: one(),
});
const rules = {
  isRoot: (uri: string) => uri === namespace,
  isOther: (uri: string, path: string) => path === "BinaryContent" && uri === contentNamespace,
};
const form: TransportForm = {
  root: "StandardBusinessDocument",
  data: "BinaryContent",
  own: { [header]: "both" },
  isOfMessage: (path) => path.startsWith(scope) || path === "BinaryContent",
};

/**
 * Reads an EHMI interchange (GS1/UN StandardBusinessDocument): parties, scopes, the payload and where it is, or the
 * acknowledgement if it is one.
 */
export function readSbdh(bytes: Uint8Array, limits: Limits): Envelope {
  const { reader, finish } = startReading(limits);
  reader.read(bytes);
  return finish(bytes.length);
}

/** Reads an EHMI interchange pushed in chunks, and its payload if a reader for it is given. */
export function sbdhReader(limits: Limits, inside: DeliveryReader | undefined): DeliveryReader {
  return xmlDeliveryReader(startReading(limits, inside && new CarriedReader(inside)));
}

/** The scopes by their type; each type in `scopeTypes` may occur once. */
class SbdhReading extends TransportReading {
  readonly scopes = new Map<string, string>();
  #type = "";
  #identifier = "";

  override leaf(leaf: Leaf, control: Parameters<TransportReading["leaf"]>[1]): void {
    if (leaf.path === `${scope}/Type`) this.#type = leaf.text;
    else if (leaf.path === `${scope}/InstanceIdentifier`) this.#identifier = leaf.text;
    else super.leaf(leaf, control);
  }

  override closed(path: string, at: number, control: Parameters<TransportReading["closed"]>[2]): void {
    super.closed(path, at, control);
    if (path !== scope) return;
    if (!this.scopes.has(this.#type)) this.scopes.set(this.#type, this.#identifier);
    else if (scopeTypes.has(this.#type)) this.report("element-repeated", `${scope}[${this.#type}]`, at);
    this.#type = this.#identifier = "";
  }
}

/** The scope types that are read. */
const scopeTypes: ReadonlySet<string> = new Set([
  "DOCUMENTID",
  "MESSAGEIDENTIFIER",
  "ORIGINALMESSAGEIDENTIFIER",
  "ORIGINALENVELOPEIDENTIFIER",
  "EHMI-ReceiptAcknowledgement",
  "StatisticalInformation",
]);

function startReading(limits: Limits, carried?: CarriedReader): XmlReading {
  const reporter = new Reporter(limits.findingsMax);
  const reading = new SbdhReading(form, reporter, carried);
  const reader = new XmlReader(
    (control) => new KnownElements(tree, rules, reading, control),
    limits,
    reporter,
  );
  const finish = (length: number): Envelope => {
    if (reporter.isStopped) return { interchanges: [], findings: reporter.findings };
    const interchange = envelopeOf(reading, length, reader.encoding);
    check(interchange, reading);
    return withCarried(interchange, interchange.receipt ? undefined : carried, reporter);
  };
  return { reader, finish };
}

// ISO 6523: 0088 is the code of GLN.
function partyOf(identifier: string): Party {
  const colon = identifier.indexOf(":");
  if (colon < 0) return { id: identifier };
  const scheme = identifier.slice(0, colon);
  return { id: identifier.slice(colon + 1).trim(), qualifier: scheme === "0088" ? "14" : scheme };
}

function envelopeOf(reading: SbdhReading, length: number, encoding: string): InterchangeEnvelope {
  const { scopes, data, dataAttributes, own } = reading;
  const value = (path: string) => reading.text(`${header}/${path}`);
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
    own,
    ...(data && {
      carried: {
        format: dataAttributes.mimeType ?? "",
        name: scopes.get("StatisticalInformation") ?? standard,
        base64: data,
      },
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

function check(envelope: InterchangeEnvelope, reading: TransportReading): void {
  const report = (code: FindingCode, path: string) => reading.report(code, `${header}/${path}`);
  for (const [name, party] of [
    ["Sender", envelope.sender] as const,
    ["Receiver", envelope.receiver] as const,
  ]) {
    const fault = party.id === "" ? "element-missing" : glnFault(party);
    if (fault) report(fault, `${name}/Identifier`);
  }
  if (envelope.reference === "") report("element-missing", "DocumentIdentification/InstanceIdentifier");
  if (!envelope.preparedAt) report("element-value", "DocumentIdentification/CreationDateAndTime");
  if (!envelope.messages[0]?.reference) report("element-missing", "BusinessScope/Scope[MESSAGEIDENTIFIER]");
  if (!envelope.messages[0]?.type) report("type-unknown", "BusinessScope/Scope[DOCUMENTID]");
  if (!envelope.carried && !envelope.receipt) reading.report("element-missing", "BinaryContent");
}
