import { readEdifactEnvelope } from "./edifact/read-envelope.ts";
import type { EdifactOptions } from "./edifact/reader.ts";
import type { Envelope } from "./envelope.ts";
import { finding } from "./findings.ts";
import { recognise } from "./recognise.ts";

/** Reads the envelopes of any delivery the platform knows: parties, references, time, letters with type, version and byte range, and all findings. */
export function readEnvelope(bytes: Uint8Array, options?: EdifactOptions): Envelope {
  // EDIFACT is told by its first byte; fragments and faulty beginnings are reported by its reader too.
  if (bytes[0] === 0x55) return readEdifactEnvelope(bytes, options);
  const { notation } = recognise(bytes);
  if (notation === "EDIFACT" || notation === "unknown") return readEdifactEnvelope(bytes, options);
  return { interchanges: [], findings: [finding("not-edifact", { interchange: 1, offset: 0 })] };
}
