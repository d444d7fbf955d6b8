import { SaxesParser } from "saxes";
import { decodeAscii } from "../charset.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import type { Reporter } from "../reporter.ts";
import { endOfCharacters, findMarkup, joined } from "./byte-windows.ts";
import {
  byteLength,
  encodingHeadBytes,
  encodingOf,
  strictDecoder,
  type TextEncodingFound,
} from "./encodings.ts";

export type Attributes = Readonly<Record<string, string>>;

/** Down to which depth the places of elements are told; finding them costs time, and letters stand at depth 2. */
const placedDepthMax = 2;

/** What a reader of one XML form is told; names come without prefix, offsets in bytes of the input, below depth 2 without meaning. */
export type XmlHandlers = {
  open(name: string, depth: number, attributes: Attributes, at: number): void;
  text(text: string): void;
  close(name: string, depth: number, end: number): void;
};

/** What a handler may ask for while it is called. */
export type XmlControl = {
  /** Read no further: what was wanted has been read. */
  finish(): void;
  /** Pass the text of the element just opened up to its end tag, to `sink` as bytes; gives where it begins. */
  passText(sink?: (piece: Uint8Array) => void): number;
  /** Where a passed text ends. */
  readonly passedTo: number;
};

const windowBytes = 16 * 1024;
/** Small pieces where only the beginning is wanted: what is in a piece is parsed whole. */
const headWindowBytes = 160;

/** Drives saxes over pushed bytes with bounded depth, attributes, text and size, without DTD, in the declared encoding. */
export class XmlReader implements XmlControl {
  passedTo = 0;
  readonly #limits: Limits;
  readonly #reporter: Reporter;
  readonly #parser = new SaxesParser({ position: false });
  readonly #handlers: XmlHandlers;
  readonly #windowBytes: number;
  #found: TextEncodingFound | undefined;
  #depth = 0;
  #isFinished = false;
  /** Bytes pushed but not read yet: the head until the encoding is known, later the part of a character. */
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes of the input before `#data`. */
  #base = 0;
  #data: Uint8Array = new Uint8Array(0);
  /** The window being parsed: its text, and where it stands in characters and bytes. */
  #window = "";
  #windowCharacter = 0;
  #windowByte = 0;
  #windowEnd = 0;
  #passing: { sink: ((piece: Uint8Array) => void) | undefined; from: number; markup: number } | undefined;
  #tagStart = 0;
  #attributes = 0;
  #sinceEvent = 0;

  constructor(
    makeHandlers: (control: XmlControl) => XmlHandlers,
    limits: Limits,
    reporter: Reporter,
    part: "head" | "whole" = "whole",
  ) {
    this.#windowBytes = part === "head" ? headWindowBytes : windowBytes;
    this.#limits = limits;
    this.#reporter = reporter;
    this.#handlers = makeHandlers(this);
    this.#listen();
  }

  finish(): void {
    this.#isFinished = true;
  }

  passText(sink?: (piece: Uint8Array) => void): number {
    const from = this.#byteAt(this.#parser.position);
    this.#passing = { sink, from, markup: -1 };
    return from;
  }

  /** The encoding in which the input was read. */
  get encoding(): string {
    return this.#found?.encoding ?? "utf-8";
  }

  /** Nothing more is read: what was wanted has been found, or an error ended it. */
  get isOver(): boolean {
    return this.#isFinished || this.#reporter.isStopped;
  }

  push(bytes: Uint8Array): void {
    if (this.isOver) return;
    this.#take(joined(this.#held, bytes), "more follows");
  }

  end(): void {
    if (this.isOver) return;
    this.#take(this.#held, "last");
    if (!this.isOver) this.#parser.close();
  }

  /** Reads a whole input at once. */
  read(bytes: Uint8Array): void {
    if (bytes.length > this.#limits.inputBytesMax) {
      this.#reporter.stop("interchange-too-long", { interchange: 1, offset: this.#limits.inputBytesMax });
      return;
    }
    this.#take(bytes, "last");
    if (!this.isOver) this.#parser.close();
  }

  #take(data: Uint8Array, place: "more follows" | "last"): void {
    this.#held = data;
    if (!this.#found && data.length < encodingHeadBytes && place === "more follows") return;
    if (this.#base + data.length > this.#limits.inputBytesMax) {
      this.#reporter.stop("interchange-too-long", { interchange: 1, offset: this.#limits.inputBytesMax });
      return;
    }
    let at = 0;
    if (!this.#found) {
      this.#found = encodingOf(data);
      if (!this.#found) {
        this.#reporter.stop("xml-encoding", { interchange: 1, offset: 0 });
        return;
      }
      at = this.#found.markLength;
    }
    this.#data = data;
    at = this.#feed(
      at,
      this.#found,
      place === "last" ? data.length : endOfCharacters(data, this.#found.unit),
    );
    if (this.isOver) return;
    this.#held = data.slice(at);
    this.#base += at;
    this.#data = this.#held;
  }

  /** Parses window after window up to `to`; gives where it came to. */
  #feed(from: number, { encoding, unit }: TextEncodingFound, to: number): number {
    let at = from;
    while (at < to && !this.isOver) {
      if (this.#passing && this.#passing.markup < 0) at = this.#passOn(at, to, unit);
      if (at >= to) break;
      const end =
        at + endOfCharacters(this.#data.subarray(at, Math.min(to, at + this.#windowBytes)), unit, "some");
      const text = this.#decoded(at, end, encoding);
      if (text === undefined) return at;
      this.#window = text;
      this.#windowByte = this.#base + at;
      this.#windowEnd = end;
      this.#parser.write(text);
      this.#windowCharacter += text.length;
      this.#sinceEvent += text.length;
      if (this.#sinceEvent > this.#limits.textBytesMax) this.#stop("xml-text-too-long");
      at = end;
      if (this.#passing && this.#passing.markup < 0) this.#passWithin(end);
    }
    return at;
  }

  #decoded(at: number, end: number, encoding: string): string | undefined {
    const piece = this.#data.subarray(at, end);
    if (encoding === "windows-1252") return decodeAscii(piece) ?? strictDecoder(encoding).decode(piece);
    try {
      return strictDecoder(encoding).decode(piece);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#reporter.stop("invalid-character", { interchange: 1, offset: this.#base + at });
      return undefined;
    }
  }

  /** Passes what stands before the next markup: it can be huge and is not wanted as a string. */
  #passOn(from: number, to: number, unit: TextEncodingFound["unit"]): number {
    const markup = findMarkup(this.#data.subarray(0, to), from, unit, this.encoding);
    const end = markup < 0 ? to : markup;
    this.#passing?.sink?.(this.#data.subarray(from, end));
    if (markup >= 0 && this.#passing) this.#passing.markup = this.#base + markup;
    this.#sinceEvent = 0;
    return end;
  }

  /** The part of a passed text that stands in the window that was just parsed, or up to the tag that now ends it. */
  #passWithin(end: number): void {
    const passing = this.#passing;
    if (!passing) return;
    const start = Math.max(passing.from - this.#base, this.#windowByte - this.#base);
    const piece = this.#data.subarray(0, end);
    const markup = findMarkup(piece, start, this.#found?.unit ?? "byte", this.encoding);
    passing.sink?.(piece.subarray(start, markup < 0 ? end : markup));
    if (markup >= 0) passing.markup = this.#base + markup;
  }

  #byteAt(character: number): number {
    const within = character - this.#windowCharacter;
    const unit = this.#found?.unit ?? "byte";
    return this.#windowByte + (unit === "byte" ? within : byteLength(this.#window.slice(0, within), unit));
  }

  #stop(code: FindingCode): void {
    if (this.isOver) return;
    const offset = Math.min(this.#base + this.#data.length, this.#byteAt(this.#parser.position));
    this.#reporter.stop(code, { interchange: 1, offset });
  }

  #listen(): void {
    const parser = this.#parser;
    // The tag begins before its name, perhaps in the window before; its length is known, so counting back is enough.
    parser.on("opentagstart", (tag) => {
      if (this.#depth < placedDepthMax) {
        const taken = byteLength(`<${tag.name}>`, this.#found?.unit ?? "byte");
        this.#tagStart = this.#byteAt(parser.position) - taken;
      }
      this.#attributes = 0;
    });
    parser.on("attribute", () => {
      if (++this.#attributes > this.#limits.attributesMax) this.#stop("xml-too-many-attributes");
    });
    parser.on("opentag", (tag) => this.#opened(tag.name, tag.attributes as Attributes));
    parser.on("text", (text) => this.#heard(text));
    parser.on("cdata", (text) => this.#heardApart(text));
    parser.on("comment", () => this.#heardApart(""));
    parser.on("closetag", (tag) => this.#closed(tag.name));
    parser.on("doctype", () => this.#stop("xml-doctype"));
    parser.on("error", () => this.#stop("xml-malformed"));
  }

  #opened(name: string, attributes: Attributes): void {
    this.#sinceEvent = 0;
    if (this.isOver) return;
    // What is passed as bytes must be nothing but text.
    this.#depth++;
    if (this.#passing) this.#stop("base64-invalid");
    else if (this.#depth > this.#limits.depthMax) this.#stop("xml-too-deep");
    else this.#handlers.open(localName(name), this.#depth, attributes, this.#tagStart);
  }

  #heard(text: string): void {
    this.#sinceEvent = 0;
    if (!this.isOver && !this.#passing) this.#handlers.text(text);
  }

  #heardApart(text: string): void {
    if (this.#passing) this.#stop("base64-invalid");
    else this.#heard(text);
  }

  #closed(name: string): void {
    this.#sinceEvent = 0;
    if (this.isOver) return;
    const end = this.#depth <= placedDepthMax || this.#passing ? this.#byteAt(this.#parser.position) : -1;
    if (this.#passing) {
      const isEmpty = end === this.#passing.from;
      if (this.#passing.markup < 0 && !isEmpty) this.#passWithin(this.#windowEnd);
      this.passedTo = isEmpty ? end : this.#passing.markup;
      this.#passing = undefined;
    }
    this.#handlers.close(localName(name), this.#depth, end);
    this.#depth--;
  }
}

/** A name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
