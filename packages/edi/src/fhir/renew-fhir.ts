import { decoderFor } from "../charset.ts";
import { concatenated } from "../edifact/write.ts";
import type { InterchangeEnvelope } from "../envelope.ts";
import type { Renewal } from "../renewals.ts";

type Splice = { readonly start: number; readonly end: number; readonly value: string };

/** A FHIR message with a new Bundle id and timestamp, and a new MessageHeader id wherever it is referenced. */
export function renewFhir(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
  renewal: Required<Renewal>,
): Uint8Array {
  // Decoded as single bytes, so that character and byte offsets are equal; JSON and XML here are UTF-8 or an ASCII superset.
  const text = decoderFor("windows-1252").decode(bytes);
  const { reference, messageReference, preparedAt } = renewal;
  const old = interchange.messages[0]?.reference ?? "";
  const splices = [
    // The Bundle's own id and time are before or after its entries, never within a resource with the same id.
    ...ownValue(text, "id", interchange.reference, reference),
    ...ownValue(text, "timestamp", undefined, preparedAt),
    ...(old ? named(text, old, messageReference(0)) : []),
  ].sort((a, b) => a.start - b.start);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, value } of splices) {
    if (start < at) continue;
    pieces.push(bytes.subarray(at, start), new TextEncoder().encode(value));
    at = end;
  }
  return concatenated([...pieces, bytes.subarray(at)]);
}

/** The first place where a name has this value, in JSON or XML notation. */
function ownValue(text: string, name: string, old: string | undefined, value: string): Splice[] {
  const inside = old === undefined ? "[^\"'<>]*" : escapedPattern(old);
  const pattern = new RegExp(
    `(?:"${name}"\\s*:\\s*"|<(?:\\w+:)?${name}\\s+value\\s*=\\s*["'])(${inside})["']`,
    "d",
  );
  const [start, end] = pattern.exec(text)?.indices?.[1] ?? [];
  return start === undefined || end === undefined ? [] : [{ start, end, value }];
}

/** Every quoted text that is this id, or a reference that ends with it. */
function named(text: string, id: string, value: string): Splice[] {
  const pattern = new RegExp(`["'](?:[^"'\\\\<>]*[/:])?(${escapedPattern(id)})["']`, "dg");
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [start, end] = match.indices?.[1] ?? [];
    return start === undefined || end === undefined ? [] : [{ start, end, value }];
  });
}

const escapedPattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
