import { isLineBreak } from "./bytes.ts";
import { byteClass } from "./separators.ts";

const none = new Uint8Array(0);

/** What `split` returns instead of the terminator's position. */
export const notWhole = -1;
export const tooMany = -2;

/** Flags of a component. */
export const released = 1;
export const lineBroken = 2;
export const repeated = 4;

/** Finds where the components of one segment begin and what is unusual about them; reused for each segment. */
export class SegmentSplitter {
  bytes: Uint8Array = none;
  start = 0;
  end = 0;
  elements = 0;
  components = 0;
  /** Position of the first byte outside the repertoire, -1 if there is none. */
  foreignAt = -1;
  utf8LeadAt = -1;
  lineBreakAt = -1;
  releaseAtBreakAt = -1;
  /** Whether `checkCharacters` must look at this segment. */
  hasNotes = false;
  /** Whether a writer would write something differently: a needless release character, a line break inside. */
  isIrregular = false;
  /** Where each component begins; one extra entry for the end of the last one. */
  protected starts = new Int32Array(128);
  /** Index of each element's first component; one extra entry holds the number of components. */
  protected first = new Int32Array(128);
  readonly #flags: number[] = [];
  protected isFlagged = false;
  #pending = 0;
  protected classes: Uint8Array = none;

  /**
   * Splits the segment that begins at `start` and returns the position of its terminator; `notWhole` if there is none
   * in the bytes or within `lengthMax`, `tooMany` if there are more components than `elementsMax`.
   */
  split(bytes: Uint8Array, start: number, lengthMax: number, elementsMax: number): number {
    this.bytes = bytes;
    this.start = start;
    if (this.hasNotes) this.#clearNotes();
    if (this.isFlagged) this.#clearFlags();
    this.isIrregular = false;
    this.#pending = 0;
    return this.#splitPlain(Math.min(bytes.length, start + lengthMax + 1), elementsMax);
  }

  /** Fast path: nearly all segments hold nothing but data and separators; anything else is left to the slow path. */
  #splitPlain(to: number, elementsMax: number): number {
    // Fields and imported bindings are re-read at every use, so the loop works on local copies.
    const { data, element, terminator } = byteClass;
    const bytes = this.bytes;
    const classes = this.classes;
    const starts = this.starts;
    const first = this.first;
    const most = Math.min(starts.length - 2, elementsMax);
    let components = 0;
    let elements = 0;
    starts[0] = this.start;
    for (let at = this.start; at < to; at++) {
      const kind = classes[bytes[at] as number] as number;
      if (kind === data) continue;
      if (kind > terminator || components === most)
        return this.#splitOdd(at, to, components, elements, elementsMax);
      starts[++components] = at + 1;
      if (kind === element) first[++elements] = components;
      else if (kind === terminator) return this.#finish(at, components, elements);
    }
    return notWhole;
  }

  /** Slow path: continues where there is neither data nor a plain separator, or no room for more components. */
  #splitOdd(from: number, to: number, soFar: number, elementsSoFar: number, elementsMax: number): number {
    const { element, repetition, terminator } = byteClass;
    let components = soFar;
    let elements = elementsSoFar;
    for (let at = from; at < to; at++) {
      const kind = this.classes[this.bytes[at] as number] as number;
      if (kind === byteClass.data) continue;
      if (kind > repetition) {
        at = this.#noteSpecial(kind, at, to);
        continue;
      }
      if (components === elementsMax) return tooMany;
      this.#makeRoom(components);
      this.#flag(components);
      this.starts[++components] = at + 1;
      if (kind === element) this.first[++elements] = components;
      else if (kind === terminator) return this.#finish(at, components, elements);
      else if (kind === repetition) this.#pending = repeated;
    }
    return notWhole;
  }

  /** Every component ends one byte before the next begins; the last one ends one byte before the extra entry. */
  #finish(end: number, components: number, elements: number): number {
    this.end = end;
    this.components = components;
    this.elements = elements + 1;
    this.first[elements + 1] = components;
    return end;
  }

  /** Assigns the flags gathered since the last separator to a component. */
  #flag(component: number): void {
    if (this.#pending === 0) return;
    while (this.#flags.length < component) this.#flags.push(0);
    this.#flags[component] = this.#pending;
    this.#pending = 0;
    this.isFlagged = true;
  }

  #makeRoom(components: number): void {
    const { length } = this.starts;
    if (components < length - 2) return;
    const [starts, first] = [new Int32Array(length * 4), new Int32Array(length * 4)];
    starts.set(this.starts);
    first.set(this.first);
    this.starts = starts;
    this.first = first;
  }

  #clearNotes(): void {
    this.foreignAt = this.utf8LeadAt = this.lineBreakAt = this.releaseAtBreakAt = -1;
    this.hasNotes = false;
  }

  #clearFlags(): void {
    this.#flags.length = 0;
    this.isFlagged = false;
  }

  /** Whether any component has this flag. */
  protected flagged(flag: number): boolean {
    return this.#flags.some((flags) => (flags & flag) !== 0);
  }

  protected flagsOf(component: number): number {
    return this.isFlagged ? (this.#flags[component] ?? 0) : 0;
  }

  /** The character after a release character and the line breaks between them, if any, is data. */
  #skipReleased(at: number, to: number): number {
    let next = at + 1;
    while (next < to && isLineBreak(this.bytes[next])) next++;
    if (next > at + 1) this.#noteReleaseAtBreak(at);
    if (next < to) this.#noteReleased(this.classes[this.bytes[next] as number] as number, next);
    return next;
  }

  #noteReleaseAtBreak(at: number): void {
    this.hasNotes = true;
    if (this.releaseAtBreakAt < 0) this.releaseAtBreakAt = at;
  }

  /** Only service characters need releasing; a character outside the repertoire is reported all the same. */
  #noteReleased(kind: number, at: number): void {
    if (kind >= byteClass.component && kind <= byteClass.release) return;
    this.isIrregular = true;
    if (kind >= byteClass.foreign) this.#noteForeign(kind, at);
  }

  /** Anything that is neither plain data nor a separator; returns the last position that belongs to it. */
  #noteSpecial(kind: number, at: number, to: number): number {
    if (kind === byteClass.release) {
      this.#pending |= released;
      return this.#skipReleased(at, to);
    }
    if (kind === byteClass.lineBreak) this.#noteLineBreak(at);
    else this.#noteForeign(kind, at);
    return at;
  }

  #noteLineBreak(at: number): void {
    this.hasNotes = true;
    this.#pending |= lineBroken;
    this.isIrregular = true;
    if (this.lineBreakAt < 0) this.lineBreakAt = at;
  }

  #noteForeign(kind: number, at: number): void {
    this.hasNotes = true;
    if (kind === byteClass.utf8Lead) {
      if (this.utf8LeadAt < 0) this.utf8LeadAt = at;
    } else if (this.foreignAt < 0) this.foreignAt = at;
  }
}
