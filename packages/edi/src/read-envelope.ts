import { readEdifactEnvelope } from "./edifact/read-envelope.ts";
import { readEdifactHeader } from "./edifact/read-header.ts";
import type { Envelope } from "./envelope.ts";
import { readFhirMessage } from "./fhir/read-fhir.ts";
import { unknownForm, wideEdifact } from "./form-unknown.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { recogniseHead } from "./recognise.ts";
import { readEmessage } from "./xml/emessage.ts";
import { readSbdh } from "./xml/sbdh.ts";
import { readVansEnvelope } from "./xml/vans-envelope.ts";

export type EnvelopeOptions = {
  readonly limits?: Partial<Limits>;
  /** EDIFACT and MedCom XML: stop after the first message's type and parties; the rest is neither checked nor listed. */
  readonly headerOnly?: boolean;
};

/**
 * Reads the envelopes of an input of any form known here: parties, references, time, messages with type, version and byte range,
 * and all findings.
 */
export function readEnvelope(bytes: Uint8Array, options: EnvelopeOptions = {}): Envelope {
  // EDIFACT is detected by its first byte; its reader also reports fragments and invalid beginnings.
  if (bytes[0] === 0x55 && bytes[1] !== 0) {
    return (options.headerOnly && readEdifactHeader(bytes)) || readEdifactEnvelope(bytes, options);
  }
  const limits = options.limits ? { ...defaultLimits, ...options.limits } : defaultLimits;
  const { form, notation, encoding, seems } = recogniseHead(bytes);
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
      return encoding ? wideEdifact() : readEdifactEnvelope(bytes, options);
    default:
      return seems === "EDIFACT" ? readEdifactEnvelope(bytes, options) : unknownForm(seems ?? "other");
  }
}
