import { createHash } from "node:crypto";

/** The bytes of a submission, in memory or spooled to disk. */
export type Content = {
  sizeBytes: number;
  /** SHA-256, hexadecimal. */
  sha256: string;
  /** In order, in chunks of at most `partBytes`; a chunk is valid only until the next is requested. */
  parts: () => AsyncIterable<Uint8Array>;
};

/** Payloads are stored and read in parts of this size. */
export const partBytes = 1024 * 1024;

/** Content that is in memory. */
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
