import { type Charset, textIn } from "../charset.ts";
import { isLineBreak } from "./bytes.ts";
import type { Separators } from "./separators.ts";
import { lineBroken, released, repeated, SegmentSplitter } from "./splitter.ts";
import { TextWindow } from "./text-window.ts";

const none = new Uint8Array(0);

/**
 * The tokens of one segment as offsets into its buffer; values are decoded on demand.
 * Element 0 is the tag; components are numbered from 0 here.
 */
export class SegmentTokens extends SegmentSplitter {
  #charset: Charset;
  #release = -1;
  readonly #window: TextWindow;

  constructor(charset: Charset) {
    super();
    this.#charset = charset;
    this.#window = new TextWindow(charset);
  }

  /** Changes how values are decoded, called after UNB has been read. */
  use(charset: Charset, classes: Uint8Array, { release }: Separators): void {
    this.#charset = charset;
    this.classes = classes;
    this.#release = release;
    this.#window.use(charset);
  }

  /** Drops the reference to the input, so that it can be garbage collected. */
  release(): void {
    this.bytes = none;
    this.#window.forget();
  }

  /** Index of an element's first component among all components; one past the last element returns their number. */
  firstOf(element: number): number {
    return element > this.elements ? this.components : (this.first[element] as number);
  }

  /** How many components an element has, all its repetitions included; 0 if it is absent. */
  componentsOf(element: number): number {
    return element < this.elements ? this.firstOf(element + 1) - this.firstOf(element) : 0;
  }

  /** Whether any element has more than one occurrence. */
  get hasRepetitions(): boolean {
    return this.isFlagged && this.flagged(repeated);
  }

  /** Whether the component with this index begins a further repetition of its element. */
  isRepetition(index: number): boolean {
    return this.isFlagged && (this.flagsOf(index) & repeated) !== 0;
  }

  /** Byte offset in the buffer at which a component begins, or the segment's end if it is absent. */
  offsetOf(element: number, component = 0): number {
    return component < this.componentsOf(element)
      ? (this.starts[this.firstOf(element) + component] as number)
      : this.end;
  }

  /** Raw length in bytes of a component, release characters and line breaks included; 0 if it is absent. */
  lengthOf(element: number, component: number): number {
    if (component >= this.componentsOf(element)) return 0;
    const index = this.firstOf(element) + component;
    return (this.starts[index + 1] as number) - (this.starts[index] as number) - 1;
  }

  /** Whether a component's bytes are its value as is: nothing released, no line break inside. */
  isPlain(element: number, component: number): boolean {
    return (this.flagsOf(this.firstOf(element) + component) & (released | lineBroken)) === 0;
  }

  /** Whether a component holds digits only ("n") or letters and blanks only ("a"). */
  consistsOf(element: number, component: number, kind: "a" | "n"): boolean {
    if (!this.isPlain(element, component)) {
      return (kind === "n" ? /^\d*$/ : /^[A-Za-z ]*$/).test(this.text(element, component));
    }
    const from = this.offsetOf(element, component);
    const to = from + this.lengthOf(element, component);
    for (let at = from; at < to; at++) {
      const byte = this.bytes[at] as number;
      const isIn =
        kind === "n" ? byte >= 0x30 && byte <= 0x39 : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
      if (!isIn) return false;
    }
    return true;
  }

  /** Whether a component's value is exactly this text. */
  equals(element: number, component: number, text: string): boolean {
    if (component >= this.componentsOf(element)) return text === "";
    if (!this.isPlain(element, component) || !this.#charset.singleByte)
      return this.text(element, component) === text;
    if (this.lengthOf(element, component) !== text.length) return false;
    const from = this.offsetOf(element, component);
    for (let at = 0; at < text.length; at++) {
      const byte = this.bytes[from + at] as number;
      if (byte !== text.charCodeAt(at)) return byte >= 0x80 && this.text(element, component) === text;
    }
    return true;
  }

  /** A component as a whole number; -1 if it is not a number of at most 15 digits. */
  integer(element: number, component: number): number {
    const length = this.lengthOf(element, component);
    if (length === 0 || length > 15) return -1;
    if (!this.consistsOf(element, component, "n")) return -1;
    if (!this.isPlain(element, component)) return Number(this.text(element, component) || -1);
    const from = this.offsetOf(element, component);
    let value = 0;
    for (let at = from; at < from + length; at++) value = value * 10 + (this.bytes[at] as number) - 0x30;
    return value;
  }

  /** A value by element and component, "" where absent. */
  text(element: number, component = 0): string {
    return component < this.componentsOf(element) ? this.textAt(this.firstOf(element) + component) : "";
  }

  /** A value by its index among all components of the segment. */
  textAt(index: number): string {
    const from = this.starts[index] as number;
    const to = (this.starts[index + 1] as number) - 1;
    if (from === to) return "";
    const flags = this.flagsOf(index) & (released | lineBroken);
    if (flags !== 0) return this.#cleaned(from, to, (flags & lineBroken) !== 0);
    return this.#slice(from, to);
  }

  #slice(from: number, to: number): string {
    if (!this.#charset.singleByte || this.foreignAt >= 0)
      return textIn(this.#charset, this.bytes.subarray(from, to), true);
    return this.#window.text(this, from, to);
  }

  #cleaned(from: number, to: number, dropBreaks: boolean): string {
    const clean = new Uint8Array(to - from);
    let length = 0;
    let isReleased = false;
    for (let at = from; at < to; at++) {
      const byte = this.bytes[at] as number;
      if (isLineBreak(byte) && (dropBreaks || isReleased)) continue;
      if (byte === this.#release && !isReleased) {
        isReleased = true;
        continue;
      }
      isReleased = false;
      clean[length++] = byte;
    }
    return textIn(this.#charset, clean.subarray(0, length), this.foreignAt >= 0);
  }
}
