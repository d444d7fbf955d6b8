import { createHash } from "node:crypto";
import { type CutChoice, deliveryCutter, EnvelopeReader, type InterchangeEnvelope } from "@sor/edi";
import { DomainError } from "../errors.ts";
import { type Content, contentOf, partBytes, requireSingle, type SingleEnvelope } from "../messages/index.ts";

/** Content made from other content, and its envelope as parsed. */
export type CutContent = Content & { envelope: InterchangeEnvelope };

/** Reads the one envelope in content, with at most one part in memory. Throws as `readSingleEnvelope` does. */
export async function readEnvelopeOf(
  content: Pick<Content, "parts">,
  carried: "read" | "skip",
): Promise<SingleEnvelope> {
  const reader = new EnvelopeReader({ carried });
  // A part is valid until the next is requested, but the reader may keep the end of one: copy it.
  for await (const part of content.parts()) reader.push(new Uint8Array(part));
  return requireSingle(reader.end());
}

/**
 * An interchange with only some of its messages, or under a renewed envelope, generated each time it is read. It is read once
 * here, for its digest and to verify the result. Throws `conflict` where its envelope id cannot be replaced.
 */
export async function cutContent(
  content: Pick<Content, "parts">,
  envelope: InterchangeEnvelope,
  choice: CutChoice,
): Promise<CutContent> {
  const { own = [] } = envelope;
  // FHIR in JSON is UTF-8; in other encodings, which are accepted, the position of the id is unknown.
  if (choice.renewed && envelope.form !== "EDIFACT" && !own.some(({ what }) => what !== "time")) {
    throw new DomainError("conflict", "envelope-not-renewable", { reason: "encoding" });
  }
  const pieces = () => cutPieces(content, envelope, choice);
  const hash = createHash("sha256");
  const reader = new EnvelopeReader({ carried: envelope.carried?.inside ? "read" : "skip" });
  let sizeBytes = 0;
  // Small results are kept in memory, to be generated once.
  let kept: Uint8Array[] = [];
  for await (const piece of pieces()) {
    const copy = new Uint8Array(piece);
    hash.update(copy);
    reader.push(copy);
    sizeBytes += copy.byteLength;
    if (sizeBytes <= partBytes) kept.push(copy);
    else kept = [];
  }
  const { envelope: made } = requireSingle(reader.end());
  const isRight =
    made.messages.length === choice.messages.length &&
    made.reference === (choice.renewed?.reference ?? envelope.reference);
  if (!isRight) throw new Error("a delivery was cut, and does not say what it should");
  if (sizeBytes <= partBytes) return { ...contentOf(Buffer.concat(kept)), envelope: made };
  return { sizeBytes, sha256: hash.digest("hex"), envelope: made, parts: () => inParts(pieces()) };
}

async function* cutPieces(
  content: Pick<Content, "parts">,
  envelope: InterchangeEnvelope,
  choice: CutChoice,
): AsyncGenerator<Uint8Array> {
  const cutter = deliveryCutter(envelope, choice);
  for await (const part of content.parts()) yield* cutter.push(part);
  yield* cutter.end();
}

/** The same bytes in chunks of one size, each valid until the next is requested. */
async function* inParts(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const part = new Uint8Array(partBytes);
  let length = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; ) {
      const taken = piece.subarray(at, at + partBytes - length);
      part.set(taken, length);
      length += taken.byteLength;
      at += taken.byteLength;
      if (length < partBytes) continue;
      yield part;
      length = 0;
    }
  }
  if (length > 0) yield part.subarray(0, length);
}
