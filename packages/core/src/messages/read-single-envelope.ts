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

export type SingleEnvelope = { envelope: InterchangeEnvelope; findings: readonly Finding[] };

/**
 * Reads bytes that hold one interchange in any form. Throws `invalid` with the findings when there is none, more than one,
 * or one whose parties or envelope id cannot be told: nobody could be answered.
 */
export function readSingleEnvelope(bytes: Uint8Array): SingleEnvelope {
  // EDIFACT, which most deliveries are, is told by its first byte and carries nothing.
  if (bytes[0] === 0x55) return requireSingle(readEnvelope(bytes));
  const reader = new EnvelopeReader({ carried: "read" });
  reader.push(bytes);
  return requireSingle(reader.end());
}

/** The one interchange that was read; throws as `readSingleEnvelope` does. */
export function requireSingle({ interchanges, findings }: Envelope): SingleEnvelope {
  const [read] = interchanges;
  if (!read) {
    const isUnknown = findings.some(({ code }) => code === "form-unknown");
    const fault = isUnknown ? "format-not-taken" : "no-envelope";
    const message = isUnknown
      ? "The content is in none of the forms that are taken."
      : "No envelope can be read.";
    throw new DomainError("invalid", message, { fault, findings });
  }
  const second = interchanges[1];
  if (second) {
    const details = { fault: "several-envelopes", secondAt: second.range.start, findings };
    throw new DomainError("invalid", "There is more than one envelope; send them one by one.", details);
  }
  if (read.sender.id === "" || read.receiver.id === "" || read.reference === "") {
    const fault = "envelope-incomplete";
    throw new DomainError("invalid", "The envelope lacks its sender, receiver or id.", { fault, findings });
  }
  const envelope = withReceiptMessage(read);
  if (envelope.messages.length === 0) {
    throw new DomainError("invalid", "The envelope holds no message.", { fault: "no-messages", findings });
  }
  return { envelope, findings };
}

/** An envelope that is a receipt by itself has one message, known as a receipt whatever version it states. */
export function withReceiptMessage(envelope: InterchangeEnvelope): InterchangeEnvelope {
  const { receipt, messages, range, reference, sender, receiver } = envelope;
  if (!receipt || messages[0]?.type) return envelope;
  const message = messages[0] ?? {
    reference,
    sender,
    receiver,
    unhType: "",
    code: receipt.kind ?? "Receipt",
    version: vansVersion,
    range,
  };
  const type = receiptType(envelope, message.code, message.version);
  return { ...envelope, messages: [{ ...message, type }] };
}

const vansVersion = "1.0.4";

function receiptType({ form }: InterchangeEnvelope, code = "", version = ""): MessageType {
  const known = form === "FHIR" ? findMessageType("FCTL") : findMessageType("ehmisbdh-acknowledgement");
  if (!known) throw new Error("the catalogue has no receipt for this form");
  return { ...known, code: form === "FHIR" ? (known.code ?? code) : code, version };
}

/** The media type under which an interchange is delivered: the bytes go on in the character set they came in. */
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
