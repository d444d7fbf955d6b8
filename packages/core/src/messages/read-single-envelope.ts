import {
  type Envelope,
  EnvelopeReader,
  type Finding,
  findMessageType,
  type InterchangeEnvelope,
  type MessageType,
  readEnvelope,
} from "@sor/edi";
import { DomainError } from "../errors.ts";
import { groupByParties, isHindrance, partsMax, type SingleEnvelope } from "./parts.ts";

/**
 * Reads bytes that hold one interchange in any form. Throws `invalid` with the findings when there is none, more than one, or one
 * whose parties or envelope id cannot be read: it could not be answered.
 */
export function readSingleEnvelope(bytes: Uint8Array): SingleEnvelope {
  // EDIFACT, the most frequent form, is recognised by its first byte and carries no other form.
  if (bytes[0] === 0x55) return requireSingle(readEnvelope(bytes));
  const reader = new EnvelopeReader({ carried: "read" });
  reader.push(bytes);
  return requireSingle(reader.end());
}

/** Why a submission cannot be accepted: it could not be answered. */
export type Unreadable = {
  fault:
    | "format-not-taken"
    | "no-envelope"
    | "several-envelopes"
    | "envelope-incomplete"
    | "no-messages"
    | "too-many-parties"
    | "parties-not-separable";
  /** Offset of the second envelope in bytes. */
  secondAt?: number;
};

const unreadable = (fault: Unreadable["fault"]): Unreadable => ({ fault });

/** The one interchange that was read, or why there is none that can be accepted. */
export function singleOf({ interchanges, findings }: Envelope): SingleEnvelope | Unreadable {
  const [read, second] = interchanges;
  if (!read) {
    return findings.some(({ code }) => code === "form-unknown")
      ? unreadable("format-not-taken")
      : unreadable("no-envelope");
  }
  if (second) {
    const several = unreadable("several-envelopes");
    return { ...several, secondAt: second.range.start };
  }
  const ids = [read, ...read.messages].flatMap(({ sender, receiver }) => [sender.id, receiver.id]);
  if ([...ids, read.reference].some(isBlank)) return unreadable("envelope-incomplete");
  const envelope = withReceiptMessage(read);
  if (envelope.messages.length === 0) return unreadable("no-messages");
  return inseparable(envelope, findings) ?? { envelope, findings };
}

const isBlank = (text: string) => text.trim() === "";

/** Messages for different parties are carried separately, which requires an envelope that can be split at them. */
function inseparable(envelope: InterchangeEnvelope, findings: readonly Finding[]): Unreadable | undefined {
  const { length } = groupByParties(envelope);
  if (length === 1) return undefined;
  if (length > partsMax) return unreadable("too-many-parties");
  if (!findings.some((entry) => isHindrance(entry) && entry.at.message === undefined)) return undefined;
  return unreadable("parties-not-separable");
}

/** The one interchange that was read; throws as `readSingleEnvelope` does. */
export function requireSingle(read: Envelope): SingleEnvelope {
  const single = singleOf(read);
  if (!("fault" in single)) return single;
  throw new DomainError("invalid", single.fault, { ...single, findings: read.findings });
}

/**
 * An envelope that is a receipt itself has one message, treated as a receipt whatever version it states, with the envelope's id.
 */
function withReceiptMessage(envelope: InterchangeEnvelope): InterchangeEnvelope {
  const { receipt, messages, range, reference, sender, receiver } = envelope;
  if (!receipt) return envelope;
  const [first] = messages;
  if (first?.type && !isBlank(first.reference)) return envelope;
  const message = first
    ? { ...first, reference: isBlank(first.reference) ? reference : first.reference }
    : {
        reference,
        sender,
        receiver,
        unhType: "",
        code: receipt.kind ?? "Receipt",
        version: vansVersion,
        range,
      };
  const type = message.type ?? receiptType(envelope, message.code, message.version);
  return { ...envelope, messages: [{ ...message, type }] };
}

const vansVersion = "1.0.4";

function receiptType({ form }: InterchangeEnvelope, code = "", version = ""): MessageType {
  const known = form === "FHIR" ? findMessageType("FCTL") : findMessageType("ehmisbdh-acknowledgement");
  if (!known) throw new Error("the catalogue has no receipt for this form");
  return { ...known, code: form === "FHIR" ? (known.code ?? code) : code, version };
}

/** The media type of a delivery: the bytes keep their original character set. */
export function contentTypeOf(envelope: Pick<InterchangeEnvelope, "form" | "encoding" | "notation">): string {
  switch (envelope.form) {
    case "EDIFACT": {
      const charset = envelope.encoding === "windows-1252" ? "iso-8859-1" : envelope.encoding;
      return `application/EDIFACT; charset=${charset}`;
    }
    case "XML":
    case "VANSEnvelope":
    case "SBDH":
      return `application/xml; charset=${envelope.encoding}`;
    case "FHIR":
      return `application/fhir+${envelope.notation === "XML" ? "xml" : "json"}; charset=${envelope.encoding}`;
  }
}
