import type { Place } from "../findings.ts";
import type { Limits } from "../limits.ts";
import type { Reporter } from "../reporter.ts";
import {
  isBlank,
  isLineBreak,
  isUnaAt,
  onlyLineBreaks,
  skipBlanks,
  skipLeading,
  tagAt,
  tags,
} from "./bytes.ts";
import { findTerminator, InputBuffer } from "./input-buffer.ts";
import { controlSeparators, defaultSeparators, readUna, type Separators } from "./separators.ts";

/** What follows a segment: the interchange goes on, has ended, or another one begins at this segment. */
export const afterSegment = { goOn: 0, ended: -1, beginAgain: -2 } as const;

/** UNA with its six characters. */
const unaBytes = 9;
const letterU = 0x55;
const mayBeUna = (bytes: Uint8Array, at: number) =>
  (bytes[at + 1] ?? 0x4e) === 0x4e && (bytes[at + 2] ?? 0x41) === 0x41;

export type FramerSink = {
  /**
   * An interchange begins at this absolute offset with these separators, stated by UNA or default; its UNB has not been read yet.
   */
  begin(at: number, separators: Separators, hasUna: boolean): void;
  /** Returns the terminator of the segment that begins at `start` if splitting finds it; negative otherwise. */
  split(bytes: Uint8Array, start: number): number;
  /**
   * A whole segment, terminator excluded, at [start, end) of the bytes. Returns one of `afterSegment`, or the length of the
   * object that follows.
   */
  segment(bytes: Uint8Array, start: number, end: number, base: number): number;
  /** UNA where a segment should be: another interchange begins at this offset. */
  una(at: number): void;
  object(piece: Uint8Array): void;
  interchangeNumber(): number;
  /** The place of a byte in the next segment, or in the object after the last segment. */
  placeOf(offset: number, where: "next segment" | "object"): Place;
};

/** Finds interchanges, segments and objects in a stream of bytes; knows nothing about their content. */
export class Framer {
  readonly #input = new InputBuffer();
  readonly #sink: FramerSink;
  readonly #limits: Limits;
  readonly #reporter: Reporter;
  #separators: Separators = defaultSeparators;
  #isInside = false;
  /** Where in the buffer the search for the next terminator continues. */
  #searched = 0;
  #objectLeft = 0;
  /** Where the line breaks and blanks before the next segment begin; -1 if there are none. */
  #gapFrom = -1;
  #gapHasBlanks = false;
  #received = 0;

  constructor(sink: FramerSink, limits: Limits, reporter: Reporter) {
    this.#sink = sink;
    this.#limits = limits;
    this.#reporter = reporter;
  }

  push(chunk: Uint8Array): void {
    if (this.#reporter.isStopped || chunk.length === 0) return;
    const input = this.#input;
    const searched = this.#searched - input.position;
    const room = this.#limits.inputBytesMax - this.#received;
    input.append(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#searched = input.position + searched;
    this.#received += chunk.length;
    this.#drain(false);
    if (chunk.length > room && !this.#reporter.isStopped)
      this.#reporter.stop("interchange-too-long", this.#place(this.#limits.inputBytesMax));
  }

  /** Ends the input; returns its length. */
  end(): number {
    this.#drain(true);
    const length = this.#input.base + this.#input.bytes.length;
    if (!this.#reporter.isStopped && this.#objectLeft > 0)
      this.#reporter.add("object-truncated", this.#sink.placeOf(length, "object"));
    return length;
  }

  #place(offset: number): Place {
    return this.#sink.placeOf(offset, "next segment");
  }

  #drain(isFinal: boolean): void {
    let goesOn = true;
    while (goesOn && !this.#reporter.isStopped) {
      if (this.#objectLeft > 0) goesOn = this.#passObject();
      else goesOn = this.#isInside ? this.#nextSegment(isFinal) : this.#findBeginning(isFinal);
    }
  }

  #findBeginning(isFinal: boolean): boolean {
    const input = this.#input;
    const { bytes } = input;
    const at = this.#gapFrom < 0 ? skipLeading(bytes, input.position) : skipBlanks(bytes, input.position);
    if (at > input.position) this.#passGap(at);
    // A byte order mark, or UNA with its six characters, must be complete before it can be recognised.
    if (at === bytes.length || (!isFinal && bytes.length - at < unaBytes)) return false;
    const isFirst = this.#sink.interchangeNumber() === 1;
    this.#endGap("leading-bytes", isFirst);
    return this.#begin(at);
  }

  #passGap(to: number): void {
    const input = this.#input;
    if (this.#gapFrom < 0) this.#gapFrom = input.base + input.position;
    if (!onlyLineBreaks(input.bytes, input.position, to)) this.#gapHasBlanks = true;
    input.position = to;
  }

  /** What follows the gap is available: reports blanks in it, or any gap at all. */
  #endGap(code: "leading-bytes" | "blanks-between-segments", tellAnyway: boolean): void {
    const isNotable = this.#gapFrom >= 0 && (this.#gapHasBlanks || tellAnyway);
    if (isNotable) this.#reporter.add(code, this.#place(this.#gapFrom));
    this.#gapFrom = -1;
    this.#gapHasBlanks = false;
  }

  #begin(at: number): boolean {
    const input = this.#input;
    const { bytes } = input;
    const offset = input.base + at;
    const tag = tagAt(bytes, at);
    if (tag === tags.UNA) {
      const separators = readUna(bytes, at + 3);
      if (!separators) {
        this.#reporter.stop("una-invalid", this.#place(offset));
        return false;
      }
      this.#separators = separators;
      input.position = at + unaBytes;
    } else {
      const follower = bytes[at + 3];
      this.#separators = follower === controlSeparators.element ? controlSeparators : defaultSeparators;
      const isSegment = follower === this.#separators.element || follower === this.#separators.terminator;
      if (tag === 0 || !isSegment) {
        this.#reporter.stop("not-edifact", this.#place(offset));
        return false;
      }
    }
    this.#searched = input.position;
    this.#isInside = true;
    this.#sink.begin(offset, this.#separators, tag === tags.UNA);
    return true;
  }

  /** Frames one segment and passes it on; false if it is not complete yet. */
  #nextSegment(isFinal: boolean): boolean {
    const input = this.#input;
    const { bytes } = input;
    const start = this.#skipGap(input.position);
    input.position = start;
    if (start === bytes.length) {
      this.#searched = start;
      return false;
    }
    if (bytes[start] === letterU) {
      if (!isFinal && bytes.length - start < unaBytes && mayBeUna(bytes, start)) return false;
      if (isUnaAt(bytes, start)) return this.#beginAnew(start);
    }
    if (this.#gapFrom >= 0) this.#endGap("blanks-between-segments", false);
    // For a segment cut by a chunk border the search continues where it stopped, so that no byte is scanned repeatedly.
    const isNew = this.#searched <= start;
    let end = isNew ? this.#sink.split(bytes, start) : -1;
    if (end < 0) end = this.#searchEnd(start, isFinal);
    if (end < 0) return false;
    input.position = this.#searched = end + 1;
    const after = this.#sink.segment(bytes, start, end, input.base);
    if (after !== afterSegment.goOn) this.#turn(after, start);
    return true;
  }

  #beginAnew(start: number): true {
    this.#sink.una(this.#input.base + start);
    this.#turn(afterSegment.beginAgain, start);
    return true;
  }

  /** Position of the segment's terminator; -1 if it has not arrived, or if the segment is too long. */
  #searchEnd(start: number, isFinal: boolean): number {
    const { bytes, base } = this.#input;
    const found = findTerminator(bytes, start, Math.max(start, this.#searched), this.#separators);
    const end = found < 0 ? bytes.length : found;
    this.#searched = end;
    if (end - start > this.#limits.segmentBytesMax) {
      this.#reporter.stop("segment-too-long", this.#place(base + start));
      return -1;
    }
    if (found < 0 && isFinal) this.#reporter.stop("unterminated", this.#place(base + start));
    return found;
  }

  /** Line breaks between segments are skipped silently, blanks are remembered, unless either is a separator. */
  #skipGap(from: number): number {
    const { bytes, base } = this.#input;
    const { terminator, element } = this.#separators;
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte > 0x20 || byte === terminator || byte === element) break;
      if (isLineBreak(byte)) continue;
      if (!isBlank(byte)) break;
      if (this.#gapFrom < 0) this.#gapFrom = base + at;
      this.#gapHasBlanks = true;
    }
    return at;
  }

  #turn(after: number, start: number): void {
    if (after > 0) {
      this.#objectLeft = after;
      return;
    }
    this.#isInside = false;
    if (after === afterSegment.beginAgain) this.#input.position = this.#searched = start;
  }

  #passObject(): boolean {
    const input = this.#input;
    const end = Math.min(input.bytes.length, input.position + this.#objectLeft);
    if (end > input.position) this.#sink.object(input.bytes.subarray(input.position, end));
    this.#objectLeft -= end - input.position;
    input.position = this.#searched = end;
    return this.#objectLeft === 0;
  }
}
