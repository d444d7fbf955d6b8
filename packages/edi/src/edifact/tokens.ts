import { type Charset, decoderFor } from "../charset.ts";
import { isLineBreak } from "./bytes.ts";
import { byteClass, type Separators } from "./separators.ts";
import { TextWindow } from "./text-window.ts";

const none = new Uint8Array(0);

const released = 1;
const lineBroken = 2;
const repeated = 4;

/**
 * The tokens of one segment as offsets into its buffer: filled anew for each segment, values decoded when asked for.
 * Element 0 is the tag; components are numbered from 0 here.
 */
export class SegmentTokens {
  bytes: Uint8Array = none;
  start = 0;
  end = 0;
  elements = 0;
  components = 0;
  /** Position of the first byte outside the repertoire, -1 where none. */
  foreignAt = -1;
  utf8LeadAt = -1;
  lineBreakAt = -1;
  releaseAtBreakAt = -1;
  endsInRelease = false;
  #starts = new Int32Array(128);
  readonly #flags: number[] = [];
  #isFlagged = false;
  #pending = 0;
  #first = new Int32Array(128);
  /** Whether something is written otherwise than a writer would: a needless release character, a line break inside. */
  isIrregular = false;
  #charset: Charset;
  #release = -1;
  readonly #window: TextWindow;
  #terminator = -1;
  #classes: Uint8Array = new Uint8Array(0);

  constructor(charset: Charset) {
    this.#charset = charset;
    this.#window = new TextWindow(charset);
  }

  /** Changes how values are decoded, once UNB has been read. */
  use(charset: Charset, classes: Uint8Array, { release, terminator }: Separators): void {
    this.#charset = charset;
    this.#classes = classes;
    this.#release = release;
    this.#terminator = terminator;
    this.#window.use(charset);
  }

  /** Whether anything about the characters is worth a look. */
  hasNotes = false;

  /** Splits the segment that stands at [start, end), terminator excluded. Stops at `elementsMax` and says so. */
  split(bytes: Uint8Array, start: number, end: number, elementsMax: number): boolean {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    if (this.hasNotes) this.#clearNotes();
    this.isIrregular = false;
    // Imported bindings are read anew at every use, so the loop works on its own copies.
    const { data, element, repetition } = byteClass;
    const classes = this.#classes;
    const starts = this.#starts;
    const first = this.#first;
    let components = 0;
    let elements = 0;
    if (this.#isFlagged) this.#clearFlags();
    this.#pending = 0;
    starts[0] = start;
    for (let at = start; at < end; at++) {
      const kind = classes[bytes[at] as number] as number;
      if (kind === data) continue;
      if (kind > repetition) {
        at = this.#noteSpecial(kind, at) | 0;
        continue;
      }
      if (this.#pending !== 0) this.#flag(components);
      if (kind === repetition) this.#pending = repeated;
      starts[++components] = at + 1;
      if (kind === element) first[++elements] = components;
      if (components + 2 >= starts.length) return this.#splitInMoreRoom(components, elementsMax);
    }
    this.#flag(components);
    // One past the last component, so that every component ends one byte before the next begins.
    starts[++components] = end + 1;
    first[++elements] = components;
    this.components = components;
    this.elements = elements;
    return true;
  }

  /** Gives a component the flags gathered since the last separator. */
  #flag(component: number): void {
    if (this.#pending === 0) return;
    while (this.#flags.length < component) this.#flags.push(0);
    this.#flags[component] = this.#pending;
    this.#pending = 0;
    this.#isFlagged = true;
  }

  #splitInMoreRoom(components: number, elementsMax: number): boolean {
    if (components >= elementsMax) return false;
    this.#starts = new Int32Array(this.#starts.length * 4);
    this.#first = new Int32Array(this.#first.length * 4);
    return this.split(this.bytes, this.start, this.end, elementsMax);
  }

  #clearNotes(): void {
    this.foreignAt = this.utf8LeadAt = this.lineBreakAt = this.releaseAtBreakAt = -1;
    this.endsInRelease = this.hasNotes = false;
  }

  #clearFlags(): void {
    this.#flags.length = 0;
    this.#isFlagged = false;
  }

  #flagsOf(component: number): number {
    return this.#isFlagged ? (this.#flags[component] ?? 0) : 0;
  }

  /** Lets go of the input, so that it is not kept in memory. */
  release(): void {
    this.bytes = none;
    this.#window.forget();
  }

  #skipReleased(at: number): number {
    let next = at + 1;
    while (next < this.end && isLineBreak(this.bytes[next])) next++;
    if (next > at + 1 || next >= this.end) this.hasNotes = true;
    if (next > at + 1 && this.releaseAtBreakAt < 0) this.releaseAtBreakAt = at;
    if (next >= this.end) this.endsInRelease = true;
    else this.#noteReleased(this.bytes[next] as number);
    return next;
  }

  #noteReleased(byte: number): void {
    const kind = this.#classes[byte] as number;
    const isService = byte === this.#terminator || (kind >= byteClass.component && kind <= byteClass.release);
    if (!isService) this.isIrregular = true;
  }

  /** What is neither plain data nor a separator; gives the position up to which it reaches. */
  #noteSpecial(kind: number, at: number): number {
    if (kind === byteClass.release) {
      this.#pending |= released;
      return this.#skipReleased(at);
    }
    this.hasNotes = true;
    if (kind === byteClass.lineBreak) {
      this.#pending |= lineBroken;
      this.isIrregular = true;
      if (this.lineBreakAt < 0) this.lineBreakAt = at;
    } else if (kind === byteClass.foreign) {
      if (this.foreignAt < 0) this.foreignAt = at;
    } else if (this.utf8LeadAt < 0) this.utf8LeadAt = at;
    return at;
  }

  /** Index of an element's first component among all components; one past the last element gives their number. */
  firstOf(element: number): number {
    return element > this.elements ? this.components : (this.#first[element] as number);
  }

  /** How many components an element has, all its repetitions together; 0 where it is absent. */
  componentsOf(element: number): number {
    return element < this.elements ? this.firstOf(element + 1) - this.firstOf(element) : 0;
  }

  /** Whether the component with this index begins a further repetition of its element. */
  isRepetition(index: number): boolean {
    return this.#isFlagged && (this.#flagsOf(index) & repeated) !== 0;
  }

  /** Byte offset in the buffer at which a component begins, or the segment's end where it is absent. */
  offsetOf(element: number, component = 0): number {
    return component < this.componentsOf(element)
      ? (this.#starts[this.firstOf(element) + component] as number)
      : this.end;
  }

  /** Raw length in bytes of a component, release characters and line breaks included; 0 where it is absent. */
  lengthOf(element: number, component: number): number {
    if (component >= this.componentsOf(element)) return 0;
    const index = this.firstOf(element) + component;
    return (this.#starts[index + 1] as number) - (this.#starts[index] as number) - 1;
  }

  /** Whether a component's bytes are its value as they stand: nothing released, no line break inside. */
  isPlain(element: number, component: number): boolean {
    return (this.#flagsOf(this.firstOf(element) + component) & (released | lineBroken)) === 0;
  }

  /** Whether a component holds digits only ("n") or letters only ("a"). */
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

  /** A component as a whole number, -1 where it is not one of at most 15 digits. */
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
    const from = this.#starts[index] as number;
    const to = (this.#starts[index + 1] as number) - 1;
    if (from === to) return "";
    const flags = this.#flagsOf(index) & (released | lineBroken);
    if (flags !== 0) return this.#cleaned(from, to, (flags & lineBroken) !== 0);
    return this.#slice(from, to);
  }

  #slice(from: number, to: number): string {
    if (!this.#charset.singleByte)
      return decoderFor(this.#charset.encoding).decode(this.bytes.subarray(from, to));
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
    return decoderFor(this.#charset.encoding).decode(clean.subarray(0, length));
  }
}
