import { isUtf8 } from "node:buffer";
import { endOfCharacters, joined } from "../xml/byte-windows.ts";
import { encodingOf, strictDecoder, type TextEncodingFound } from "../xml/encodings.ts";
import { rightLength } from "../xml/invalid-bytes.ts";

/** Enough bytes to detect a byte order mark. */
const markBytes = 4;
/** Bytes of UTF-16 converted to UTF-8 at a time: places are counted within such a piece. */
const wideBytes = 4096;

type Sink = (utf8: Uint8Array) => void;

/**
 * Validates the bytes of a JSON document, pushed in chunks, against their encoding and returns them as UTF-8 without a byte
 * order mark. JSON is UTF-8; UTF-16 with a byte order mark is accepted too.
 */
export class JsonBytes {
  /** First byte of the input that is invalid in the encoding; nothing after it is returned. */
  faultAt: number | undefined;
  #found: TextEncodingFound | undefined;
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes of the input before the held ones. */
  #base = 0;
  /** The piece returned last, and where it begins in the UTF-8 and in the input. */
  #piece: { readonly utf8: Uint8Array; readonly start: number; readonly inputStart: number } = {
    ...{ utf8: new Uint8Array(0), start: 0, inputStart: 0 },
  };

  get encoding(): string {
    return this.#found?.encoding ?? "utf-8";
  }

  push(bytes: Uint8Array, sink: Sink): void {
    this.#held = joined(this.#held, bytes);
    if (this.#found || this.#held.length >= markBytes) this.#feed("more follows", sink);
  }

  end(sink: Sink): void {
    this.#feed("last", sink);
  }

  /** Maps an offset in all the UTF-8 returned so far, within the current piece, to the byte of the input. */
  byteOf(offset: number): number {
    const { utf8, start, inputStart } = this.#piece;
    const within = offset - start;
    if (!this.encoding.startsWith("utf-16")) return inputStart + within;
    return inputStart + 2 * (within < 0 ? within : unitsOf(utf8.subarray(0, within)));
  }

  #feed(place: "more follows" | "last", sink: Sink): void {
    const found = this.#found ?? this.#begin();
    const data = this.#held;
    const end = place === "last" ? data.length : endOfCharacters(data, found);
    const size = found.unit === "utf-16" ? wideBytes : end;
    for (let at = 0; at < end && this.faultAt === undefined; ) {
      const to = at + endOfCharacters(data.subarray(at, Math.min(end, at + size)), found, "some");
      this.#give(data.subarray(at, to), this.#base + at, found, sink);
      at = to;
    }
    this.#held = data.slice(end);
    this.#base += end;
  }

  #begin(): TextEncodingFound {
    const found = encodingOf(this.#held) ?? { encoding: "utf-8", markLength: 0, unit: "utf-8" };
    this.#found = found;
    this.#held = this.#held.subarray(found.markLength);
    this.#base = found.markLength;
    return found;
  }

  #give(bytes: Uint8Array, inputStart: number, { unit, encoding }: TextEncodingFound, sink: Sink): void {
    const length = isRight(bytes, encoding) ? bytes.length : rightLength(bytes, encoding);
    const right = bytes.subarray(0, length);
    const utf8 = unit === "utf-16" ? new TextEncoder().encode(strictDecoder(encoding).decode(right)) : right;
    this.#piece = { utf8, start: this.#piece.start + this.#piece.utf8.length, inputStart };
    sink(utf8);
    if (length < bytes.length) this.faultAt = inputStart + length;
  }
}

const isRight = (bytes: Uint8Array, encoding: string) =>
  encoding === "utf-8" ? isUtf8(bytes) : rightLength(bytes, encoding) === bytes.length;

/** How many UTF-16 units the characters of UTF-8 bytes take. */
function unitsOf(utf8: Uint8Array): number {
  let units = 0;
  for (const byte of utf8) if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  return units;
}
