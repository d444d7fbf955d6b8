import type { DeliveryReader } from "../delivery-reader.ts";
import type {
  ByteRange,
  Envelope,
  InterchangeEnvelope,
  MessageEnvelope,
  Party,
  TransportReceipt,
} from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { hasRightCheckDigit } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { Reporter } from "../reporter.ts";
import { CarriedReader, withCarried } from "./carried-reader.ts";
import { collector, OwnPlaces } from "./collector.ts";
import { type XmlReading, xmlDeliveryReader } from "./xml-delivery-reader.ts";
import { XmlReader } from "./xml-reader.ts";

export const vansNamespace = "urn:oio:medcom:vans-envelope:1.0.4";

/** Reads a VANSEnvelope (version 1.0.4): parties, identifiers, what it carries and where, or the receipt it is. */
export function readVansEnvelope(bytes: Uint8Array, limits: Limits): Envelope {
  const { reader, finish } = startReading(limits);
  reader.read(bytes);
  return finish(bytes.length);
}

/** Reads a VANSEnvelope pushed in chunks, and with a reader for it the delivery that it carries. */
export function vansEnvelopeReader(limits: Limits, inside: DeliveryReader | undefined): DeliveryReader {
  return xmlDeliveryReader(startReading(limits, inside && new CarriedReader(inside)));
}

function startReading(limits: Limits, carriedReader?: CarriedReader): XmlReading {
  const reporter = new Reporter(limits.findingsMax);
  const values = new Map<string, string>();
  const parties = new Map<string, Party>();
  let data: ByteRange | undefined;
  let dataStart = 0;
  let messages = 0;
  const own = new OwnPlaces({
    "/VANSEnvelope/EnvelopeIdentifier": "id",
    "/VANSEnvelope/SentDateTime": "time",
  });
  const events: Parameters<typeof collector>[0] = {
    opened: (path, depth, at, attributes, control) => {
      own.opened(depth, at);
      if (depth === 1 && !Object.values(attributes).includes(vansNamespace)) {
        reporter.add("xml-namespace", { interchange: 1, path, offset: at });
      }
      if (path === "/VANSEnvelope/Message" && ++messages > 1) {
        reporter.add("carried-not-one-message", { interchange: 1, path, offset: at });
      }
      if (path === "/VANSEnvelope/Message/Data") {
        dataStart = control.passText(
          carriedReader && messages === 1 ? (piece) => carriedReader.push(piece) : undefined,
        );
      }
    },
    leaf: ({ path, text, attributes }, control) => {
      const below = path.slice("/VANSEnvelope/".length);
      if (below === "Message/Data") data ??= { start: dataStart, end: control.passedTo };
      else if (below === "SenderID" || below === "ReceiverID")
        parties.set(below, partyOf(text, attributes.EndPointType ?? ""));
      else values.set(below, text);
    },
    closed: (path, depth, end) => own.closed(path, depth, end),
  };
  const reader = new XmlReader(collector(events), limits, reporter);
  const finish = (length: number): Envelope => {
    if (reporter.isStopped) return { interchanges: [], findings: reporter.findings };
    const encoding = reader.encoding;
    const interchange = { ...envelopeOf({ values, parties, data, length, encoding }), own: own.found };
    check(interchange, reporter);
    return withCarried(interchange, carriedReader, reporter);
  };
  return { reader, finish };
}

type Facts = {
  readonly values: ReadonlyMap<string, string>;
  readonly parties: ReadonlyMap<string, Party>;
  readonly data: ByteRange | undefined;
  readonly length: number;
  readonly encoding: string;
};

const qualifiers: Record<string, string> = { EAN: "14", CVR: "CVR", VANS: "VANS" };

// A GLN has qualifier 14 in every form; CVR and VANS numbers keep the name that the envelope gives them.
function partyOf(id: string, type: string): Party {
  const qualifier = Object.hasOwn(qualifiers, type) ? qualifiers[type] : undefined;
  return qualifier === undefined ? { id } : { id, qualifier };
}

function envelopeOf({ values, parties, data, length, encoding }: Facts): InterchangeEnvelope {
  const value = (path: string) => values.get(path) ?? "";
  const preparedAt = value("SentDateTime");
  const receipt = receiptOf(values);
  const transport = value("Message/MetaInformation/Transport/Type");
  const [sender, receiver] = [parties.get("SenderID") ?? { id: "" }, parties.get("ReceiverID") ?? { id: "" }];
  return {
    form: "VANSEnvelope",
    sender,
    receiver,
    reference: value("EnvelopeIdentifier"),
    ...(isMoment(preparedAt) && { preparedAt }),
    acknowledgementRequested: transport === "reliable",
    isTest: false,
    encoding,
    range: { start: 0, end: length },
    messages: receipt ? [] : [{ ...messageOf(values, { start: 0, end: length }), sender, receiver }],
    ...(data && { carried: carriedOf(values, data) }),
    ...(receipt && { receipt }),
  };
}

const isMoment = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text);

const document = "Message/MetaInformation/Document/";

function messageOf(
  values: ReadonlyMap<string, string>,
  range: ByteRange,
): Omit<MessageEnvelope, "sender" | "receiver"> {
  // The name is MCM: and the type, FHIR with a variant after #.
  const code = (values.get(`${document}Name`) ?? "").replace(/^MCM:/, "").replace(/#.*$/, "");
  const version = values.get(`${document}Version`) ?? "";
  const type =
    findMessageType(code, version || undefined) ?? findMessageType(code, version.replace(/\.0$/, ""));
  return {
    reference: values.get("Message/MetaInformation/Identifier") ?? "",
    unhType: type?.unhType ?? findMessageType(code)?.unhType ?? "",
    ...(code && { code }),
    ...(version && { version }),
    ...(type && { type }),
    range,
  };
}

function carriedOf(values: ReadonlyMap<string, string>, base64: ByteRange) {
  const version = values.get(`${document}Version`);
  const size = Number(values.get(`${document}SizeInBytes`) || Number.NaN);
  return {
    format: values.get(`${document}Format`) ?? "",
    name: values.get(`${document}Name`) ?? "",
    ...(version && { version }),
    ...(Number.isSafeInteger(size) && { sizeInBytes: size }),
    base64,
  };
}

function receiptOf(values: ReadonlyMap<string, string>): TransportReceipt | undefined {
  for (const kind of ["NegativeVans", "NegativeMessage", "PositiveMessage"] as const) {
    const originalEnvelope = values.get(`Receipt/${kind}/OriginalEnvelopeIdentifier`);
    if (originalEnvelope === undefined) continue;
    const originalMessage =
      values.get(`Receipt/${kind}/OriginalMessage`) ??
      values.get(`Receipt/${kind}/OriginalMessage/Identifier`);
    const errorCode = values.get(`Receipt/${kind}/Error/Code`);
    const errorText = values.get(`Receipt/${kind}/Error/Description`);
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

type Report = (code: FindingCode, path: string) => void;

function check(envelope: InterchangeEnvelope, reporter: Reporter): void {
  const report: Report = (code, path) =>
    reporter.add(code, { interchange: 1, path: `/VANSEnvelope/${path}`, offset: 0 });
  checkParty("SenderID", envelope.sender, report);
  checkParty("ReceiverID", envelope.receiver, report);
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(envelope.reference))
    report("element-value", "EnvelopeIdentifier");
  if (!envelope.preparedAt) report("element-value", "SentDateTime");
  if (!envelope.receipt) checkMessage(envelope, report);
}

function checkParty(name: string, party: Party, report: Report): void {
  if (party.id === "") report("element-missing", name);
  else if (party.id.length > 18) report("element-too-long", name);
  else if (party.qualifier === undefined) report("element-value", `${name}/@EndPointType`);
  if (party.qualifier === "14" && hasRightCheckDigit(party.id) === false) report("gln-check-digit", name);
}

function checkMessage({ carried, messages: [message] }: InterchangeEnvelope, report: Report): void {
  const path = `${document}Name`;
  if (!carried) report("element-missing", "Message/Data");
  if (!message?.reference) report("element-missing", "Message/MetaInformation/Identifier");
  if (!message?.code) report("element-missing", path);
  else if (!message.type) report(findMessageType(message.code) ? "version-unknown" : "type-unknown", path);
}
