import { type Charset, charsetOf } from "../charset.ts";
import type { InterchangeEnvelope, MessageEnvelope } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Finding, Place } from "../findings.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import { isControlTag } from "../medcom/control-checks.ts";
import { checkSegment, isCheckedTag } from "../medcom/message-checks.ts";
import { Reporter } from "../reporter.ts";
import { serviceTagHigh, tagNumber, tags } from "./bytes.ts";
import { checkCharacters } from "./character-checks.ts";
import { afterSegment, Framer, type FramerSink } from "./framer.ts";
import {
  byteClasses,
  defaultSeparators,
  type LineBreaks,
  type Separators,
  segmentTag,
  separatorsOf,
} from "./separators.ts";
import { notWhole, tooMany } from "./splitter.ts";
import { Structure } from "./structure.ts";
import { SegmentTokens } from "./tokens.ts";

/** Where a segment is: absolute byte range, terminator included, and its number in the message (UNH = 1, outside 0). */
export type SegmentPlace = { start: number; end: number; number: number };

export type EdifactHandlers = {
  /** Every segment, service segments included. Tokens and place are valid only during the call. */
  readonly segment?: (tokens: SegmentTokens, place: Readonly<SegmentPlace>) => void;
  /** Raw bytes of an object between UNO and UNP, in pieces as they arrive; valid only during the call. */
  readonly object?: (piece: Uint8Array) => void;
  /** A message is complete: UNT was read, or found to be missing. */
  readonly message?: (message: MessageEnvelope) => void;
  readonly interchange?: (interchange: InterchangeEnvelope) => void;
};

export type EdifactOptions = {
  /** Line breaks inside data: dropped (the default, as MedCom's messages need) or kept. */
  readonly lineBreaks?: LineBreaks;
  readonly limits?: Partial<Limits>;
};

/**
 * Reads EDIFACT (ISO 9735, syntax 1 to 4) pushed in chunks or whole, a segment at a time.
 * Without a segment handler it reads envelopes only: other segments are found and counted, not split.
 */
export class EdifactReader implements FramerSink {
  readonly #framer: Framer;
  readonly #reporter: Reporter;
  readonly #structure: Structure;
  readonly #handlers: EdifactHandlers;
  readonly #limits: Limits;
  readonly #lineBreaks: LineBreaks;
  readonly #tokens: SegmentTokens;
  readonly #place: SegmentPlace = { start: 0, end: 0, number: 0 };
  #separators: Separators = defaultSeparators;
  #charset: Charset = charsetOf("UNOA");
  #beganAt = 0;
  #hasUna = false;
  /** Where the segment ends that was split while its end was searched. */
  #splitTo = notWhole;
  #object: { readonly length: number; readonly reference: string } | undefined;

  constructor(handlers: EdifactHandlers = {}, options: EdifactOptions = {}) {
    this.#handlers = handlers;
    this.#limits = options.limits ? { ...defaultLimits, ...options.limits } : defaultLimits;
    this.#lineBreaks = options.lineBreaks ?? "drop";
    this.#reporter = new Reporter(this.#limits.findingsMax);
    this.#structure = new Structure(this.#reporter, handlers, this.#limits);
    this.#tokens = new SegmentTokens(this.#charset);
    this.#framer = new Framer(this, this.#limits, this.#reporter);
  }

  get findings(): readonly Finding[] {
    return this.#reporter.findings;
  }

  get interchanges(): readonly InterchangeEnvelope[] {
    return this.#structure.interchanges;
  }

  /** The service characters of the interchange being read. */
  get separators(): Separators {
    return this.#separators;
  }

  /** Whether reading has stopped; further input is ignored. */
  get isStopped(): boolean {
    return this.#reporter.isStopped;
  }

  /** Reads the next piece of the input; the piece must not change until `end` has been called. */
  push(chunk: Uint8Array): void {
    this.#framer.push(chunk);
  }

  /** Ends the input: whatever is still open is reported as missing its end. */
  end(): void {
    const at = this.#framer.end();
    this.#structure.abandon(at);
    const isEmpty =
      this.interchanges.length === 0 && this.findings.every((entry) => entry.severity !== "error");
    if (isEmpty) this.#reporter.add("empty-input", { interchange: 1, offset: at });
  }

  /** @internal */
  interchangeNumber(): number {
    return this.interchanges.length + 1;
  }

  /** @internal */
  placeOf(offset: number, where: "next segment" | "object"): Place {
    return this.#structure.placeOf(offset, where === "object" ? 0 : 1);
  }

  /** @internal */
  begin(at: number, separators: Separators, hasUna: boolean): void {
    this.#beganAt = at;
    this.#hasUna = hasUna;
    this.#separators = separators;
    this.#object = undefined;
    // Until UNB has been read, assume UNOC: the characters at the beginning are in every repertoire.
    this.#useCharset(charsetOf("UNOC"));
  }

  /** @internal */
  una(at: number): void {
    if (this.#structure.open) this.#structure.abandon(at);
    else this.#structure.reportNext("una-repeated", at);
  }

  /** @internal */
  object(piece: Uint8Array): void {
    this.#handlers.object?.(piece);
  }

  /** @internal */
  split(bytes: Uint8Array, start: number): number {
    if (!this.#handlers.segment) return notWhole;
    const end = this.#tokens.split(bytes, start, this.#limits.segmentBytesMax, this.#limits.elementsMax);
    this.#splitTo = end;
    return end;
  }

  /** @internal */
  segment(bytes: Uint8Array, start: number, end: number, base: number): number {
    let tag = segmentTag(bytes, start, end, this.#separators);
    if (tag === 0) {
      tag = this.#wrappedTag(bytes, start, end, base);
      if (tag === 0) return afterSegment.goOn;
    }
    if (!this.#structure.open && tag !== tags.UNB) this.#beginHeadless(base + start);
    if (tag >> 8 === serviceTagHigh) return this.#service(tag, bytes, start, end, base);
    if (this.#object) this.#missUnp(base + start);
    const isWanted =
      this.#handlers.segment || (isControlTag(tag) && this.#structure.message?.unhType === "CONTRL");
    if (isWanted && !this.#split(bytes, start, end, base)) return afterSegment.goOn;
    this.#structure.countSegment(base + start);
    if (isWanted) this.#handContent(tag, base);
    return afterSegment.goOn;
  }

  #handContent(tag: number, base: number): void {
    const { message } = this.#structure;
    if (message && isCheckedTag(tag)) {
      checkSegment(this.#tokens, tag, message, (code, element, component) => {
        const at = base + this.#tokens.offsetOf(element, Math.max(0, component - 1));
        this.#structure.report(code, at, element, component);
      });
    }
    this.#hand(base);
  }

  /** The tag of a segment whose tag is not directly followed by a separator: wrapped, missing or wrong (then 0). */
  #wrappedTag(bytes: Uint8Array, start: number, end: number, base: number): number {
    if (!this.#split(bytes, start, end, base)) return 0;
    const text = this.#tokens.text(0);
    const tag = tagNumber(text);
    if (tag !== 0) return tag;
    if (!this.#structure.open) this.#beginHeadless(base + start);
    if (text === "") this.#structure.reportNext("tag-missing", base + start);
    else {
      this.#structure.countSegment(base + start);
      this.#structure.report("tag-invalid", base + start);
    }
    return 0;
  }

  #beginHeadless(offset: number): void {
    this.#useCharset(charsetOf("UNOC"));
    this.#structure.beginHeadless(this.#beganAt, offset, this.#separators);
  }

  #useCharset(charset: Charset): void {
    this.#charset = charset;
    this.#tokens.use(charset, byteClasses(this.#separators, charset, this.#lineBreaks), this.#separators);
  }

  /** Splits the segment that ends at `end`, unless the search for its end has already split it. */
  #split(bytes: Uint8Array, start: number, end: number, base: number): boolean {
    if (this.#splitTo === end) return true;
    const { segmentBytesMax, elementsMax } = this.#limits;
    if (this.#tokens.split(bytes, start, segmentBytesMax, elementsMax) !== tooMany) return true;
    this.#reporter.stop("too-many-elements", this.placeOf(base + start, "next segment"));
    return false;
  }

  #hand(base: number): void {
    const tokens = this.#tokens;
    if (tokens.hasNotes) {
      checkCharacters(tokens, this.#charset, (code: FindingCode, at) =>
        this.#structure.report(code, base + at),
      );
    }
    const { segment } = this.#handlers;
    if (!segment) return;
    const place = this.#place;
    place.start = base + tokens.start;
    place.end = base + tokens.end + 1;
    place.number = this.#structure.segments;
    segment(tokens, place);
  }

  #service(tag: number, bytes: Uint8Array, start: number, end: number, base: number): number {
    if (tag === tags.UNB && this.#structure.open) return this.#beginAgain(base + start);
    if (this.#object && tag !== tags.UNP) this.#missUnp(base + start);
    if (!this.#split(bytes, start, end, base)) return afterSegment.goOn;
    if (tag === tags.UNB) return this.#takeHeader(base, end);
    return this.#takeService(tag, base, base + end + 1);
  }

  #beginAgain(at: number): number {
    this.#structure.abandon(at);
    return afterSegment.beginAgain;
  }

  #takeHeader(base: number, end: number): number {
    const tokens = this.#tokens;
    const { repetition } = this.#separators;
    this.#separators = separatorsOf(this.#separators, tokens.integer(1, 1), this.#hasUna);
    const id = tokens.text(1, 0);
    if (id !== this.#charset.id || this.#separators.repetition !== repetition) {
      this.#useCharset(charsetOf(id));
      this.#splitTo = notWhole;
      if (!this.#split(tokens.bytes, tokens.start, tokens.end, base)) return afterSegment.goOn;
    }
    this.#structure.beginInterchange(tokens, base, this.#beganAt, base + end + 1, this.#separators);
    if (this.#separators.reserved !== undefined) this.#structure.report("una-reserved", this.#beganAt);
    this.#hand(base);
    return afterSegment.goOn;
  }

  #takeService(tag: number, base: number, end: number): number {
    const structure = this.#structure;
    const tokens = this.#tokens;
    if (tag === tags.UNH) structure.beginMessage(tokens, base);
    else if (tag === tags.UNG) structure.beginGroup(tokens, base, end);
    else if (tag !== tags.UNT && tag !== tags.UNE && tag !== tags.UNZ)
      structure.countSegment(base + tokens.start);
    else structure.announceEnd(tag);
    this.#hand(base);
    if (tag === tags.UNO) return this.#takeObject(base);
    if (tag === tags.UNP) this.#endObject(base);
    else if (tag === tags.UNT) structure.endMessage(tokens, base, end);
    else if (tag === tags.UNE) structure.endGroup(tokens, base, end);
    else if (tag === tags.UNZ) {
      structure.endInterchange(tokens, base, end);
      return afterSegment.ended;
    }
    return afterSegment.goOn;
  }

  // ISO 9735-8: the fourth element of UNO begins with the object's length in octets.
  #takeObject(base: number): number {
    const length = this.#tokens.integer(4, 0);
    if (length < 0) {
      this.#structure.report("object-length", base + this.#tokens.offsetOf(4), 4, 1);
      return afterSegment.goOn;
    }
    this.#object = { length, reference: this.#tokens.text(1) };
    return length;
  }

  #endObject(base: number): void {
    const object = this.#object;
    this.#object = undefined;
    const at = base + this.#tokens.start;
    if (!object) this.#structure.report("uno-missing", at);
    else if (this.#tokens.integer(1, 0) !== object.length || !this.#tokens.equals(2, 0, object.reference)) {
      this.#structure.report("object-length", at, 1);
    }
  }

  #missUnp(at: number): void {
    this.#object = undefined;
    this.#structure.report("unp-missing", at);
  }
}
