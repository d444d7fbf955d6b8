import { concatenated } from "./edifact/write.ts";
import type { ByteRange } from "./envelope.ts";

/** Bytes that replace a range of the old ones: given, or computed from the old bytes of the range. */
export type Edit = {
  readonly range: ByteRange;
  readonly value: Uint8Array | ((old: Uint8Array) => Uint8Array);
};

/** A range that is computed from its old bytes is buffered: it is always part of the envelope, never a message. */
const rewrittenBytesMax = 1024 * 1024;
const nothing = new Uint8Array(0);

/** Applies edits to bytes that are pushed in chunks; buffers no more than what one edit rewrites. */
export class ByteEditor {
  readonly #edits: readonly Edit[];
  #next = 0;
  #offset = 0;
  #held: Uint8Array[] = [];

  /** Throws a RangeError for edits that overlap, or that rewrite more than 1 MiB at once. */
  constructor(edits: readonly Edit[]) {
    this.#edits = edits.toSorted((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
    let end = 0;
    for (const { range, value } of this.#edits) {
      if (range.start < end || range.end < range.start) throw new RangeError("edits overlap");
      if (typeof value === "function" && range.end - range.start > rewrittenBytesMax)
        throw new RangeError("an envelope says too much of itself to be written anew");
      end = range.end;
    }
  }

  /** The edited bytes, in order; some pieces are views of what was pushed. */
  push(bytes: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    const end = this.#offset + bytes.length;
    let at = this.#offset;
    for (let edit = this.#edits[this.#next]; edit; edit = this.#edits[this.#next]) {
      const { start, end: editEnd } = edit.range;
      if (at < start) {
        const to = Math.min(start, end);
        pieces.push(bytes.subarray(at - this.#offset, to - this.#offset));
        at = to;
      }
      if (at < start) break;
      const to = Math.min(editEnd, end);
      if (typeof edit.value === "function")
        this.#held.push(bytes.slice(at - this.#offset, to - this.#offset));
      at = to;
      if (at < editEnd) break;
      pieces.push(this.#made(edit));
      this.#next++;
    }
    if (at < end) pieces.push(bytes.subarray(at - this.#offset));
    this.#offset = end;
    return pieces.filter(({ length }) => length > 0);
  }

  /** The remaining bytes. Throws a RangeError if the input ended before all edits were made. */
  end(): Uint8Array[] {
    const pieces = this.push(nothing);
    if (this.#next < this.#edits.length) throw new RangeError("the bytes are shorter than what was read");
    return pieces;
  }

  #made({ value }: Edit): Uint8Array {
    if (typeof value !== "function") return value;
    const old = concatenated(this.#held);
    this.#held = [];
    return value(old);
  }
}

/** Applies edits to bytes. */
export function editBytes(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const editor = new ByteEditor(edits);
  return concatenated([...editor.push(bytes), ...editor.end()]);
}
