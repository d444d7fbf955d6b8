import type { DeliveryReader } from "../delivery-reader.ts";
import type {
  ByteRange,
  Envelope,
  InterchangeEnvelope,
  MessageEnvelope,
  Party,
  TransportReceipt,
} from "../envelope.ts";
import type { Limits } from "../limits.ts";
import { glnFault } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { Reporter } from "../reporter.ts";
import { CarriedReader, withCarried } from "./carried-reader.ts";
import { either, elementTree, KnownElements, type Leaf, one } from "./known-elements.ts";
import { type TransportForm, TransportReading } from "./transport-reading.ts";
import { type XmlReading, xmlDeliveryReader } from "./xml-delivery-reader.ts";
import { XmlReader } from "./xml-reader.ts";

export const vansNamespace = "urn:oio:medcom:vans-envelope:1.0.4";

const receipt = {
  Error: one({ Code: one(), Description: one() }),
  OriginalEnvelopeIdentifier: one(),
  OriginalMessage: one({ Identifier: one() }),
};
const tree = elementTree("VANSEnvelope", {
  SenderID: one(),
  ReceiverID: one(),
  EnvelopeIdentifier: one(),
  SentDateTime: one(),
  Message: either("content", {
    MetaInformation: one({
      Identifier: one(),
      Document: one({ Format: one(), Name: one(), Version: one(), SizeInBytes: one() }),
      Transport: one({ Type: one(), TransformMessage: one() }),
    }),
    Data: one(),
  }),
  Receipt: either("content", {
    NegativeVans: either("receipt", receipt),
    NegativeMessage: either("receipt", receipt),
    PositiveMessage: either("receipt", receipt),
  }),
});
const rules = { isRoot: (uri: string) => uri === vansNamespace };
const form: TransportForm = {
  root: "VANSEnvelope",
  data: "Message/Data",
  own: { EnvelopeIdentifier: "id", SentDateTime: "time" },
  isOfMessage: (path) => path.startsWith("Message/") || path.startsWith("Receipt/"),
};

/** Reads a VANSEnvelope (version 1.0.4): parties, identifiers, the payload and where it is, or the receipt if it is one. */
export function readVansEnvelope(bytes: Uint8Array, limits: Limits): Envelope {
  const { reader, finish } = startReading(limits);
  reader.read(bytes);
  return finish(bytes.length);
}

/** Reads a VANSEnvelope pushed in chunks, and its payload if a reader for it is given. */
export function vansEnvelopeReader(limits: Limits, inside: DeliveryReader | undefined): DeliveryReader {
  return xmlDeliveryReader(startReading(limits, inside && new CarriedReader(inside)));
}

function startReading(limits: Limits, carried?: CarriedReader): XmlReading {
  const reporter = new Reporter(limits.findingsMax);
  const reading = new TransportReading(form, reporter, carried);
  const reader = new XmlReader(
    (control) => new KnownElements(tree, rules, reading, control),
    limits,
    reporter,
  );
  const finish = (length: number): Envelope => {
    if (reporter.isStopped) return { interchanges: [], findings: reporter.findings };
    const interchange = envelopeOf(reading, length, reader.encoding);
    check(interchange, reading);
    return withCarried(interchange, carried, reporter);
  };
  return { reader, finish };
}

const qualifiers: Record<string, string> = { EAN: "14", CVR: "CVR", VANS: "VANS" };

// A GLN has qualifier 14 in every form; CVR and VANS numbers keep the name that the envelope uses.
function partyOf(leaf: Leaf | undefined): Party {
  const { text: id = "", attributes: { EndPointType: type = "" } = {} } = leaf ?? {};
  const qualifier = Object.hasOwn(qualifiers, type) ? qualifiers[type] : undefined;
  return qualifier === undefined ? { id } : { id, qualifier };
}

function envelopeOf(reading: TransportReading, length: number, encoding: string): InterchangeEnvelope {
  const { values, data, own } = reading;
  const preparedAt = reading.text("SentDateTime");
  const receipt = receiptOf(values);
  const transport = reading.text("Message/MetaInformation/Transport/Type");
  const [sender, receiver] = [partyOf(values.get("SenderID")), partyOf(values.get("ReceiverID"))];
  return {
    form: "VANSEnvelope",
    sender,
    receiver,
    reference: reading.text("EnvelopeIdentifier"),
    ...(isMoment(preparedAt) && { preparedAt }),
    acknowledgementRequested: transport === "reliable",
    isTest: false,
    encoding,
    range: { start: 0, end: length },
    messages: receipt ? [] : [{ ...messageOf(reading, { start: 0, end: length }), sender, receiver }],
    ...(data && { carried: carriedOf(reading, data) }),
    ...(receipt && { receipt }),
    own,
  };
}

const isMoment = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text);

const document = "Message/MetaInformation/Document/";

function messageOf(
  reading: TransportReading,
  range: ByteRange,
): Omit<MessageEnvelope, "sender" | "receiver"> {
  // The name is MCM: and the type; for FHIR a variant may follow after #.
  const code = reading.text(`${document}Name`).replace(/^MCM:/, "").replace(/#.*$/, "");
  const version = reading.text(`${document}Version`);
  const type =
    findMessageType(code, version || undefined) ?? findMessageType(code, version.replace(/\.0$/, ""));
  return {
    reference: reading.text("Message/MetaInformation/Identifier"),
    unhType: type?.unhType ?? findMessageType(code)?.unhType ?? "",
    ...(code && { code }),
    ...(version && { version }),
    ...(type && { type }),
    range,
  };
}

function carriedOf(reading: TransportReading, base64: ByteRange) {
  const version = reading.text(`${document}Version`);
  const size = Number(reading.text(`${document}SizeInBytes`) || Number.NaN);
  return {
    format: reading.text(`${document}Format`),
    name: reading.text(`${document}Name`),
    ...(version && { version }),
    ...(Number.isSafeInteger(size) && { sizeInBytes: size }),
    base64,
  };
}

function receiptOf(values: ReadonlyMap<string, Leaf>): TransportReceipt | undefined {
  for (const kind of ["NegativeVans", "NegativeMessage", "PositiveMessage"] as const) {
    const value = (path: string) => values.get(`Receipt/${kind}/${path}`)?.text;
    const originalEnvelope = value("OriginalEnvelopeIdentifier");
    if (originalEnvelope === undefined) continue;
    const originalMessage = value("OriginalMessage") || value("OriginalMessage/Identifier");
    const [errorCode, errorText] = [value("Error/Code"), value("Error/Description")];
    return {
      polarity: kind === "PositiveMessage" ? "positive" : "negative",
      kind,
      originalEnvelope,
      ...(originalMessage && { originalMessage }),
      ...(errorCode && { errorCode }),
      ...(errorText && { errorText }),
    };
  }
  return undefined;
}

function check(envelope: InterchangeEnvelope, reading: TransportReading): void {
  checkParty("SenderID", envelope.sender, reading);
  checkParty("ReceiverID", envelope.receiver, reading);
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(envelope.reference))
    reading.report("element-value", "EnvelopeIdentifier");
  if (!envelope.preparedAt) reading.report("element-value", "SentDateTime");
  if (!envelope.receipt) checkMessage(envelope, reading);
}

function checkParty(name: string, party: Party, reading: TransportReading): void {
  if (party.id === "") reading.report("element-missing", name);
  else if (party.id.length > 18) reading.report("element-too-long", name);
  else if (party.qualifier === undefined) reading.report("element-value", `${name}/@EndPointType`);
  const fault = glnFault(party);
  if (fault) reading.report(fault, name);
}

function checkMessage(
  { carried, messages: [message] }: InterchangeEnvelope,
  reading: TransportReading,
): void {
  const path = `${document}Name`;
  if (!carried) reading.report("element-missing", "Message/Data");
  if (!message?.reference) reading.report("element-missing", "Message/MetaInformation/Identifier");
  if (!message?.code) reading.report("element-missing", path);
  else if (!message.type)
    reading.report(findMessageType(message.code) ? "version-unknown" : "type-unknown", path);
}
