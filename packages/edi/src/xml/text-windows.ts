import { decodeWindows1252 } from "../charset.ts";
import { strictDecoder } from "./encodings.ts";
import { rightLength } from "./invalid-bytes.ts";

/** How many bytes are decoded and parsed at a time. */
export const windowBytes = 16 * 1024;
/** Window size where only the beginning is wanted: a window is always parsed to its end. */
export const smallWindowBytes = 160;

/** How many bytes from `from` to the end of the markup after which nothing is wanted, as it is most likely written. */
export function bytesUpTo({ buffer, byteOffset, length }: Uint8Array, from: number, markup: string): number {
  const at = Buffer.from(buffer, byteOffset, Math.min(length, windowBytes)).indexOf(markup, from, "latin1");
  return at < 0 ? smallWindowBytes : at + markup.length - from;
}

/** The text of bytes up to the first that is invalid in the encoding, and how many bytes it takes. */
export function decodedWindow(bytes: Uint8Array, encoding: string): { text: string; length: number } {
  if (encoding === "windows-1252") return { text: decodeWindows1252(bytes), length: bytes.length };
  try {
    return { text: strictDecoder(encoding).decode(bytes), length: bytes.length };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const length = rightLength(bytes, encoding);
    return { text: strictDecoder(encoding).decode(bytes.subarray(0, length)), length };
  }
}
