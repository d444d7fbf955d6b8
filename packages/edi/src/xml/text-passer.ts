import { findMarkup } from "./byte-windows.ts";
import type { TextEncodingFound } from "./encodings.ts";

type Sink = ((piece: Uint8Array) => void) | undefined;
type Encoding = Pick<TextEncodingFound, "unit" | "encoding">;

/**
 * Moves the text of one element past the parser, as bytes: it can be huge and is not wanted as a string. Places are bytes of the
 * input.
 */
export class TextPasser {
  passedTo = 0;
  #passing: { readonly sink: Sink; readonly from: number; markup: number } | undefined;

  /** Begins to skip the text after a place; returns that place. */
  begin(from: number, sink: Sink): number {
    this.#passing = { sink, from, markup: -1 };
    return from;
  }

  /** The element whose text is skipped has not ended. */
  get isBegun(): boolean {
    return this.#passing !== undefined;
  }

  /** The markup after the text has not been found yet. */
  get isPassing(): boolean {
    return this.#passing !== undefined && this.#passing.markup < 0;
  }

  isEmptyAt(end: number): boolean {
    return this.#passing?.from === end;
  }

  /** Skips data from `at` up to the next markup, or all of it; returns where it stopped. */
  pass(data: Uint8Array, at: number, base: number, { unit, encoding }: Encoding): number {
    const markup = findMarkup(data, at, unit, encoding);
    const end = markup < 0 ? data.length : markup;
    this.#passing?.sink?.(data.subarray(at, end));
    if (markup >= 0 && this.#passing) this.#passing.markup = base + markup;
    return end;
  }

  /** Skips data in a window that was already parsed, from where the text begins. */
  passWithin(data: Uint8Array, windowStart: number, base: number, encoding: Encoding): void {
    if (this.#passing) this.pass(data, Math.max(this.#passing.from - base, windowStart), base, encoding);
  }

  /** The element ends with a tag that begins at `markup`; returns false if something else is between it and the text. */
  end(end: number, markup: number): boolean {
    const { from = 0, markup: found = -1 } = this.#passing ?? {};
    const isEmpty = from === end;
    this.passedTo = isEmpty ? end : found;
    this.#passing = undefined;
    return isEmpty || found === markup;
  }
}
