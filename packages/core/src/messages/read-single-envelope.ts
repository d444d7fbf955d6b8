import { type Finding, type InterchangeEnvelope, readEnvelope } from "@sor/edi";
import { DomainError } from "../errors.ts";

/**
 * Reads bytes that hold one interchange. Throws `invalid` with the findings when there is none, more than one, or one
 * whose parties or envelope id cannot be told: nobody could be answered.
 */
export function readSingleEnvelope(bytes: Uint8Array): {
  envelope: InterchangeEnvelope;
  findings: readonly Finding[];
} {
  const { interchanges, findings } = readEnvelope(bytes);
  const [envelope] = interchanges;
  if (!envelope) {
    throw new DomainError("invalid", "No envelope can be read.", { fault: "no-envelope", findings });
  }
  if (interchanges.length > 1) {
    const fault = "several-envelopes";
    throw new DomainError("invalid", "There is more than one envelope; send them one by one.", {
      fault,
      findings,
    });
  }
  if (envelope.form !== "EDIFACT") {
    // Only EDIFACT can be answered by a receipt in its own format as yet.
    throw new DomainError("invalid", "Only EDIFACT is taken in.", { fault: "format-not-taken" });
  }
  if (envelope.sender.id === "" || envelope.receiver.id === "" || envelope.reference === "") {
    const fault = "envelope-incomplete";
    throw new DomainError("invalid", "The envelope lacks its sender, receiver or id.", { fault, findings });
  }
  if (envelope.messages.length === 0) {
    throw new DomainError("invalid", "The envelope holds no message.", { fault: "no-messages", findings });
  }
  return { envelope, findings };
}

/** The media type under which an interchange is delivered; EDIFACT's bytes go on in the character set they came in. */
export function contentTypeOf(envelope: Pick<InterchangeEnvelope, "form" | "encoding">): string {
  const charset = envelope.encoding === "windows-1252" ? "iso-8859-1" : envelope.encoding;
  switch (envelope.form) {
    case "EDIFACT":
      return `application/EDIFACT; charset=${charset}`;
    case "XML":
    case "VANSEnvelope":
    case "SBDH":
      return `application/xml; charset=${envelope.encoding}`;
    case "FHIR":
      return "application/fhir+json; charset=utf-8";
  }
}
