import { expect } from "vitest";
import type { Envelope } from "../envelope.ts";
import { EnvelopeReader, type EnvelopeReaderOptions } from "../envelope-reader.ts";
import { randomFrom } from "./mutate.ts";

/** The result for bytes pushed in pieces of given sizes, the last of which is used for the rest. */
export function readInPieces(
  bytes: Uint8Array,
  sizes: readonly number[],
  options: EnvelopeReaderOptions = { carried: "read" },
): Envelope {
  const reader = new EnvelopeReader(options);
  let at = 0;
  for (let piece = 0; at < bytes.length; piece++) {
    const size = Math.max(1, sizes[Math.min(piece, sizes.length - 1)] ?? 1);
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  return reader.end();
}

/** Ways to cut an input: byte by byte, and three random ways. */
function waysToCut(length: number, seed = 1): number[][] {
  const random = randomFrom(seed);
  const pieces = () => Array.from({ length: 40 }, () => Math.ceil(random() ** 3 * length));
  return [[1], pieces(), pieces(), pieces()];
}

/** The result for an input, which must be the same however it is cut. */
export function readAnyhow(bytes: Uint8Array): Envelope {
  const whole = readInPieces(bytes, [bytes.length]);
  for (const sizes of waysToCut(bytes.length)) expect(readInPieces(bytes, sizes)).toEqual(whole);
  return whole;
}
