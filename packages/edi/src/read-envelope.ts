import { readEdifactEnvelope } from "./edifact/read-envelope.ts";
import { readEdifactHeader } from "./edifact/read-header.ts";
import type { Envelope } from "./envelope.ts";
import { readFhirMessage } from "./fhir/read-fhir.ts";
import { finding } from "./findings.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { recognise } from "./recognise.ts";
import { readEmessage } from "./xml/emessage.ts";
import { readSbdh } from "./xml/sbdh.ts";
import { readVansEnvelope } from "./xml/vans-envelope.ts";

export type EnvelopeOptions = {
  readonly limits?: Partial<Limits>;
  /** EDIFACT and MedCom XML: stop once the first letter's type and parties have been read; what follows is neither checked nor listed. */
  readonly headerOnly?: boolean;
};

/** Reads the envelopes of any delivery the platform knows: parties, references, time, letters with type, version and byte range, and all findings. */
export function readEnvelope(bytes: Uint8Array, options: EnvelopeOptions = {}): Envelope {
  // EDIFACT is told by its first byte; fragments and faulty beginnings are reported by its reader too.
  if (bytes[0] === 0x55) {
    return (options.headerOnly && readEdifactHeader(bytes)) || readEdifactEnvelope(bytes, options);
  }
  const limits = options.limits ? { ...defaultLimits, ...options.limits } : defaultLimits;
  const { form, notation } = recognise(bytes);
  switch (form) {
    case "XML":
      return readEmessage(bytes, limits, options.headerOnly ?? false);
    case "VANSEnvelope":
      return readVansEnvelope(bytes, limits);
    case "SBDH":
      return readSbdh(bytes, limits);
    case "FHIR":
      return readFhirMessage(bytes, notation === "XML" ? "XML" : "JSON", limits);
    case "EDIFACT":
      return readEdifactEnvelope(bytes, options);
    default:
      return notation === "unknown" && bytes.length < limits.inputBytesMax
        ? readEdifactEnvelope(bytes, options)
        : { interchanges: [], findings: [finding("form-unknown", { interchange: 1, offset: 0 })] };
  }
}
