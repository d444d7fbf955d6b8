import { SaxesParser } from "saxes";
import { decodeWindows1252 } from "../charset.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import type { Reporter } from "../reporter.ts";
import { Base64Runs } from "./base64-runs.ts";
import { endOfCharacters, findMarkup, findMarkupBefore, joined, WindowPlaces } from "./byte-windows.ts";
import { encodingHeadBytes, encodingOf, strictDecoder, type TextEncodingFound } from "./encodings.ts";
import { localName } from "./xml-text.ts";

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
/** Where only the beginning is wanted: what is in a piece is parsed whole. */
const smallWindowBytes = 160;

/** Drives saxes over pushed bytes with bounded depth, attributes, text and size, without DTD, in the declared encoding. */
export class XmlReader implements XmlControl {
  passedTo = 0;
  readonly #limits: Limits;
  readonly #reporter: Reporter;
  readonly #parser = new SaxesParser({ position: false });
  readonly #handlers: XmlHandlers;
  /** Markup after which nothing is wanted, as it most likely stands in the input. */
  readonly #wantedUpTo: string | undefined;
  readonly #windowBytes: number;
  #found: TextEncodingFound | undefined;
  #depth = 0;
  #isFinished = false;
  /** Bytes pushed but not read yet: the head until the encoding is known, later the part of a character. */
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes of the input before `#data`. */
  #base = 0;
  #data: Uint8Array = new Uint8Array(0);
  /** Where the window being parsed stands, in characters and bytes. */
  #windowCharacter = 0;
  #windowByte = 0;
  #windowEnd = 0;
  readonly #places = new WindowPlaces();
  readonly #runs = new Base64Runs();
  #passing: { sink: ((piece: Uint8Array) => void) | undefined; from: number; markup: number } | undefined;
  /** Where the last markup before `#data` begins: a tag may have begun in an earlier chunk. */
  #markupBeforeData = 0;
  /** Local names of the open elements by depth. */
  readonly #names: string[] = [];
  #attributes = 0;
  #elements = 0;
  #sinceEvent = 0;

  constructor(
    makeHandlers: (control: XmlControl) => XmlHandlers,
    limits: Limits,
    reporter: Reporter,
    wantedUpTo?: string,
  ) {
    this.#wantedUpTo = wantedUpTo;
    this.#windowBytes = wantedUpTo === undefined ? windowBytes : smallWindowBytes;
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
    if (place === "more follows") this.#markupBeforeData = this.#markupBefore(this.#base + at);
    this.#held = data.slice(at);
    this.#base += at;
    this.#data = this.#held;
  }

  /** Parses window after window up to `to`; gives where it came to. */
  #feed(from: number, { encoding, unit }: TextEncodingFound, to: number): number {
    let at = from;
    let size = this.#firstWindowBytes(from);
    while (at < to && !this.isOver) {
      if (this.#passing && this.#passing.markup < 0) at = this.#passOn(at, to, unit);
      if (at >= to) break;
      const end = at + endOfCharacters(this.#data.subarray(at, Math.min(to, at + size)), unit, "some");
      // Bytes of UTF-16 are no characters: there nothing is left out.
      const skip = unit === "utf-16" ? undefined : this.#runs.take(this.#data.subarray(at, end));
      if (skip) this.#parse(at, at + skip.from, encoding);
      this.#parse(at + (skip?.to ?? 0), end, encoding);
      at = end;
      size = this.#windowBytes;
      if (this.#passing && this.#passing.markup < 0) this.#passWithin(end);
    }
    return at;
  }

  #parse(from: number, end: number, encoding: string): void {
    const text = this.isOver ? undefined : this.#decoded(from, end, encoding);
    if (!text) return;
    this.#windowByte = this.#base + from;
    this.#places.begin(text, this.#windowCharacter, this.#windowByte);
    this.#windowEnd = end;
    this.#parser.write(text);
    this.#windowCharacter += text.length;
    this.#sinceEvent += text.length;
    if (this.#sinceEvent > this.#limits.textBytesMax) this.#stop("xml-text-too-long");
  }

  #firstWindowBytes(from: number): number {
    const upTo = this.#wantedUpTo;
    if (upTo === undefined) return this.#windowBytes;
    const { buffer, byteOffset, length } = this.#data;
    const at = Buffer.from(buffer, byteOffset, Math.min(length, windowBytes)).indexOf(upTo, from, "latin1");
    return at < 0 ? smallWindowBytes : at + upTo.length - from;
  }

  #decoded(at: number, end: number, encoding: string): string | undefined {
    const piece = this.#data.subarray(at, end);
    if (encoding === "windows-1252") return decodeWindows1252(piece);
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
    return this.#places.byteAt(character, this.#found?.unit ?? "byte");
  }

  #stop(code: FindingCode): void {
    if (this.isOver) return;
    const offset = Math.min(this.#base + this.#data.length, this.#byteAt(this.#parser.position));
    this.#reporter.stop(code, { interchange: 1, offset });
  }

  #listen(): void {
    const parser = this.#parser;
    // Seven listeners at most: from the eighth on V8 keeps the parser's fields in a table, and each access is a search.
    parser.on("attribute", () => {
      if (++this.#attributes > this.#limits.attributesMax) this.#stop("xml-too-many-attributes");
    });
    parser.on("opentag", (tag) => this.#opened(tag.name, tag.attributes as Attributes));
    parser.on("text", (text) => this.#heard(text));
    parser.on("cdata", (text) => this.#heard(text));
    parser.on("closetag", () => this.#closed());
    parser.on("doctype", () => this.#stop("xml-doctype"));
    parser.on("error", () => this.#stop("xml-malformed"));
  }

  #opened(name: string, attributes: Attributes): void {
    this.#sinceEvent = 0;
    if (this.isOver) return;
    this.#attributes = 0;
    this.#depth++;
    // What is passed as bytes must be nothing but text.
    if (this.#passing) this.#stop("base64-invalid");
    else if (this.#depth > this.#limits.depthMax) this.#stop("xml-too-deep");
    else if (++this.#elements > this.#limits.xmlElementsMax) this.#stop("xml-too-many-elements");
    else {
      const at = this.#depth <= placedDepthMax ? this.#markupBefore(this.#byteAt(this.#parser.position)) : -1;
      const local = localName(name);
      this.#names[this.#depth] = local;
      this.#handlers.open(local, this.#depth, attributes, at);
    }
  }

  /** Where the markup begins that ends at a byte of the input: no tag holds another `<`. */
  #markupBefore(end: number): number {
    const unit = this.#found?.unit ?? "byte";
    const at = findMarkupBefore(this.#data, end - this.#base, unit, this.encoding);
    return at < 0 ? this.#markupBeforeData : this.#base + at;
  }

  #heard(text: string): void {
    this.#sinceEvent = 0;
    if (!this.isOver && !this.#passing) this.#handlers.text(text);
  }

  #closed(): void {
    this.#sinceEvent = 0;
    if (this.isOver) return;
    const end = this.#depth <= placedDepthMax || this.#passing ? this.#byteAt(this.#parser.position) : -1;
    if (this.#passing) {
      const isEmpty = end === this.#passing.from;
      if (this.#passing.markup < 0 && !isEmpty) this.#passWithin(this.#windowEnd);
      this.passedTo = isEmpty ? end : this.#passing.markup;
      this.#passing = undefined;
      // Anything but the end tag next after the text was a comment, a CDATA section or the like.
      if (!isEmpty && this.passedTo !== this.#markupBefore(end)) {
        this.#stop("base64-invalid");
        return;
      }
    }
    this.#handlers.close(this.#names[this.#depth] as string, this.#depth, end);
    this.#depth--;
  }
}
