import { concatenated } from "../edifact/write.ts";
import type { InterchangeEnvelope, Party } from "../envelope.ts";
import { type Finding, finding } from "../findings.ts";
import { Base64Decoder, decodeBase64, encodeBase64 } from "./base64.ts";
import { vansNamespace } from "./vans-envelope.ts";
import { element, escaped } from "./xml-text.ts";

/** The envelope around a payload or a receipt (Den Gode VANSEnvelope 1.0.4). */
export type VansValues = {
  readonly sender: Party;
  readonly receiver: Party;
  /** UUID. */
  readonly reference: string;
  /** xsd:dateTime. */
  readonly preparedAt: string;
  readonly content: VansMessage | VansReceipt;
};

export type VansMessage = {
  /** UUID of the message. */
  readonly identifier: string;
  readonly format: "XML" | "EDIFACT" | "HL7" | "Binary" | "Other";
  /** Such as MCM:XDIS22. */
  readonly name: string;
  readonly version?: string;
  readonly payload: Uint8Array;
  readonly transport?: {
    readonly type?: "reliable" | "unreliable";
    readonly transform?: boolean;
    readonly serviceTags?: readonly (readonly [name: string, value: string])[];
  };
};

export type VansReceipt = {
  readonly kind: "NegativeVans" | "NegativeMessage" | "PositiveMessage";
  readonly originalEnvelope: string;
  readonly originalMessage?: string;
  readonly error?: { readonly code?: number; readonly description: string };
};

/** Builds a VANSEnvelope (version 1.0.4, UTF-8) around a payload, whose bytes are kept as they are, or around a receipt. */
export function buildVansEnvelope(values: VansValues): Uint8Array {
  const text = new TextEncoder();
  const head = [
    `<?xml version="1.0" encoding="UTF-8"?>\n<VANSEnvelope xmlns="${vansNamespace}">`,
    endPoint("SenderID", values.sender),
    endPoint("ReceiverID", values.receiver),
    element("EnvelopeIdentifier", values.reference),
    element("SentDateTime", values.preparedAt),
  ].join("");
  const { content } = values;
  if ("kind" in content) return text.encode(`${head}<Receipt>${receiptOf(content)}</Receipt></VANSEnvelope>`);
  return concatenated([
    text.encode(`${head}<Message>${metaInformation(content)}<Data>`),
    encodeBase64(content.payload),
    text.encode("</Data></Message></VANSEnvelope>"),
  ]);
}

function endPoint(name: string, { id, qualifier }: Party): string {
  const type = qualifier === "14" ? "EAN" : qualifier === "CVR" ? "CVR" : "VANS";
  return element(name, id, ` EndPointType="${type}"`);
}

function metaInformation({ identifier, format, name, version, payload, transport }: VansMessage): string {
  const document = [
    element("Format", format),
    element("Name", name),
    element("Version", version),
    element("SizeInBytes", String(payload.length)),
  ].join("");
  const tags = (transport?.serviceTags ?? []).map(([tag, value]) =>
    element("ServiceTag", value, ` name="${escaped(tag)}"`),
  );
  const carriage = transport
    ? `<Transport>${element("Type", transport.type)}${element("TransformMessage", String(transport.transform ?? false))}${tags.join("")}</Transport>`
    : "";
  return `<MetaInformation>${element("Identifier", identifier)}<Document>${document}</Document>${carriage}</MetaInformation>`;
}

function receiptOf({ kind, originalEnvelope, originalMessage, error }: VansReceipt): string {
  const code = error?.code === undefined ? undefined : String(error.code);
  const fault = error
    ? `<Error>${element("Code", code)}${element("Description", error.description.slice(0, 512))}</Error>`
    : "";
  const inner = `${fault}${element("OriginalEnvelopeIdentifier", originalEnvelope)}${element("OriginalMessage", originalMessage)}`;
  return `<${kind}>${inner}</${kind}>`;
}

/**
 * Puts an EDIFACT or MedCom XML interchange that was read from `payload` into a VANSEnvelope: type and version from its first
 * message, bytes unchanged. Throws a TypeError for other forms, and if its messages have different parties.
 */
export function wrapInVansEnvelope(
  payload: Uint8Array,
  interchange: InterchangeEnvelope,
  envelope: Pick<VansValues, "reference" | "preparedAt"> & { readonly identifier: string },
): Uint8Array {
  const { form, messages, range, acknowledgementRequested } = interchange;
  const [message] = messages;
  if ((form !== "EDIFACT" && form !== "XML") || !message?.code) {
    throw new TypeError("only an EDIFACT or MedCom XML delivery with a known message type can be wrapped");
  }
  const { sender, receiver } = message;
  if (messages.some((other) => other.sender.id !== sender.id || other.receiver.id !== receiver.id)) {
    throw new TypeError("messages with different parties cannot be wrapped together");
  }
  const content: VansMessage = {
    identifier: envelope.identifier,
    format: form,
    name: `MCM:${message.code}`,
    ...(message.version && { version: message.version }),
    payload: payload.subarray(range.start, range.end),
    transport: { type: acknowledgementRequested ? "reliable" : "unreliable" },
  };
  return buildVansEnvelope({
    sender,
    receiver,
    reference: envelope.reference,
    preparedAt: envelope.preparedAt,
    content,
  });
}

/**
 * Returns a function that extracts the payload of such an interchange while its bytes are pushed; the base64 was validated when
 * it was read.
 */
export function payloadUnwrapper({ carried }: InterchangeEnvelope): (bytes: Uint8Array) => Uint8Array {
  const decoder = new Base64Decoder();
  let offset = 0;
  return (bytes) => {
    const { start = 0, end = 0 } = carried?.base64 ?? {};
    const from = Math.min(bytes.length, Math.max(0, start - offset));
    const to = Math.min(bytes.length, Math.max(0, end - offset));
    offset += bytes.length;
    return decoder.push(bytes.subarray(from, to));
  };
}

/**
 * Extracts the payload of a VANSEnvelope or SBDH interchange that was read from `bytes`, as it was put in; findings if it is
 * damaged.
 */
export function unwrapPayload(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
): { readonly payload: Uint8Array | undefined; readonly findings: readonly Finding[] } {
  const { carried, encoding } = interchange;
  if (!carried) return { payload: undefined, findings: [] };
  const { start, end } = carried.base64;
  const inside = bytes.subarray(start, end);
  const at = { interchange: 1, offset: start };
  const isWide = encoding.startsWith("utf-16");
  const payload = decodeBase64(isWide ? inside.filter((byte) => byte !== 0) : inside);
  if (!payload) return { payload: undefined, findings: [finding("base64-invalid", at)] };
  const differs = carried.sizeInBytes !== undefined && carried.sizeInBytes !== payload.length;
  return { payload, findings: differs ? [finding("size-differs", at)] : [] };
}
