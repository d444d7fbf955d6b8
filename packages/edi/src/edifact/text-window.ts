import { type Charset, textIn } from "../charset.ts";

/** Bytes decoded at a time: enough for UNB and UNH, or a good part of a message. */
const smallBlock = 120;
const largeBlock = 8192;

type Segment = { readonly bytes: Uint8Array; readonly start: number };

/** A decoded part of the input in a single-byte repertoire, from which values without foreign bytes are cut. */
export class TextWindow {
  #charset: Charset;
  #text = "";
  #from = 0;
  #bytes: Uint8Array | undefined;
  #block = smallBlock;

  constructor(charset: Charset) {
    this.#charset = charset;
  }

  use(charset: Charset): void {
    this.#charset = charset;
    this.#bytes = undefined;
  }

  /** Drops the reference to the input. */
  forget(): void {
    this.#bytes = undefined;
    this.#text = "";
  }

  /** The text of [from, to), which is within the segment. */
  text(segment: Segment, from: number, to: number): string {
    const isHere =
      this.#bytes === segment.bytes && from >= this.#from && to <= this.#from + this.#text.length;
    if (!isHere) this.#decode(segment, Math.min(from, segment.start), to);
    return this.#text.slice(from - this.#from, to - this.#from);
  }

  // Sequential reads decode larger and larger blocks, single reads small ones.
  #decode(segment: Segment, from: number, to: number): void {
    const distance = from - this.#from - this.#text.length;
    const isNext = this.#bytes === segment.bytes && from >= this.#from && distance < smallBlock;
    this.#block = isNext ? Math.min(this.#block * 2, largeBlock) : smallBlock;
    this.#text = this.#decoded(segment.bytes, from, to);
    this.#from = from;
    this.#bytes = segment.bytes;
  }

  #decoded(bytes: Uint8Array, from: number, to: number): string {
    const until = Math.min(bytes.length, Math.max(to, from + this.#block));
    return textIn(this.#charset, bytes.subarray(from, until));
  }
}
