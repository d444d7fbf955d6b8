import type { Envelope } from "../envelope.ts";
import { type EdifactOptions, EdifactReader } from "./reader.ts";

/** Reads the envelopes of an EDIFACT file: parties, references, messages and their byte ranges, counts checked (ISO 9735). */
export function readEdifactEnvelope(bytes: Uint8Array, options?: EdifactOptions): Envelope {
  const reader = new EdifactReader({}, options);
  reader.push(bytes);
  reader.end();
  return { interchanges: reader.interchanges, findings: reader.findings };
}
