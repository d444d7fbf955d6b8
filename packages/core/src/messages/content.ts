import { createHash } from "node:crypto";

/** The bytes of a delivery, wherever they are kept while it is taken in. */
export type Content = {
  sizeBytes: number;
  /** SHA-256, hexadecimal. */
  sha256: string;
  /** In order, in pieces of at most `partBytes`; a piece is good until the next is asked for. */
  parts: () => AsyncIterable<Uint8Array>;
};

/** Payloads are stored and read in parts of this size. */
export const partBytes = 1024 * 1024;

/** Bytes that are in memory anyway. */
export function contentOf(bytes: Uint8Array): Content {
  return {
    sizeBytes: bytes.byteLength,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    async *parts() {
      for (let at = 0; at === 0 || at < bytes.byteLength; at += partBytes)
        yield bytes.subarray(at, at + partBytes);
    },
  };
}
