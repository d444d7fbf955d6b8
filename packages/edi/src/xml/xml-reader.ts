import { SaxesParser } from "saxes";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import type { Reporter } from "../reporter.ts";
import { Base64Runs } from "./base64-runs.ts";
import { endOfCharacters, findMarkupBefore, joined, WindowPlaces } from "./byte-windows.ts";
import { ElementStack } from "./element-stack.ts";
import { encodingHeadBytes, encodingOf, type TextEncodingFound } from "./encodings.ts";
import { MarkupScanner } from "./markup-scanner.ts";
import type { Attributes } from "./namespaces.ts";
import { TextPasser } from "./text-passer.ts";
import { bytesUpTo, decodedWindow, smallWindowBytes, windowBytes } from "./text-windows.ts";
import { Utf8Suspicion } from "./utf8-suspicion.ts";

/** Callbacks for reading one XML form; names come without prefix, with the namespace ("" for none). */
export type XmlHandlers = {
  open(name: string, uri: string, depth: number, attributes: Attributes): void;
  text(text: string): void;
  close(name: string, depth: number): void;
};

/** What a handler may call while it runs. */
export type XmlControl = {
  /** Stop reading: everything that is wanted has been read. */
  finish(): void;
  /** Byte at which the element that was just opened begins. */
  elementStart(): number;
  /** Byte after the end of the element that was just closed. */
  elementEnd(): number;
  /** Skip the text of the element just opened up to its end tag, passing it to `sink` as bytes; returns where it begins. */
  passText(sink?: (piece: Uint8Array) => void): number;
  /** Where a skipped text ends. */
  readonly passedTo: number;
};

/**
 * Feeds pushed bytes to saxes: bounds depth, attributes, text and size, rejects a DTD, decodes the declared encoding and
 * resolves namespaces. Findings and their byte offsets do not depend on where the bytes are cut.
 */
export class XmlReader implements XmlControl {
  readonly #limits: Limits;
  readonly #reporter: Reporter;
  readonly #parser = new SaxesParser({ position: false });
  readonly #handlers: XmlHandlers;
  readonly #elements: ElementStack;
  /** Markup after which nothing is wanted, as it is most likely written in the input. */
  readonly #wantedUpTo: string | undefined;
  #found: TextEncodingFound | undefined;
  #scanner: MarkupScanner | undefined;
  #isFinished = false;
  /** Bytes pushed but not read yet: the head until the encoding is known, later an incomplete character. */
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes of the input before `#data`. */
  #base = 0;
  #data: Uint8Array = new Uint8Array(0);
  /** Where the window being parsed begins in characters, and its byte range in `#data`. */
  #windowCharacter = 0;
  #windowStart = 0;
  #windowEnd = 0;
  readonly #places = new WindowPlaces();
  readonly #runs = new Base64Runs();
  readonly #passer = new TextPasser();
  readonly #suspicion = new Utf8Suspicion();
  /** Where the last markup before `#data` begins: a tag may have begun in an earlier chunk. */
  #markupBeforeData = 0;
  /** Character at which the last tag or text ended. */
  #lastEvent = 0;

  constructor(
    makeHandlers: (control: XmlControl) => XmlHandlers,
    limits: Limits,
    reporter: Reporter,
    wantedUpTo?: string,
  ) {
    this.#wantedUpTo = wantedUpTo;
    this.#limits = limits;
    this.#reporter = reporter;
    this.#elements = new ElementStack(limits);
    this.#handlers = makeHandlers(this);
    this.#listen();
  }

  finish(): void {
    this.#isFinished = true;
  }

  passText(sink?: (piece: Uint8Array) => void): number {
    return this.#passer.begin(this.elementEnd(), sink);
  }

  get passedTo(): number {
    return this.#passer.passedTo;
  }

  elementStart(): number {
    const character = this.#places.markupBefore(this.#parser.position);
    return character < 0 ? this.#markupBefore(this.elementEnd()) : this.#byteAt(character);
  }

  elementEnd(): number {
    return this.#byteAt(this.#parser.position);
  }

  /** The encoding with which the input is decoded. */
  get encoding(): string {
    return this.#found?.encoding ?? "utf-8";
  }

  /** Everything that is wanted has been read, or an error ended the reading. */
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
    this.#close();
  }

  read(bytes: Uint8Array): void {
    this.#take(bytes, "last");
    this.#close();
  }

  #close(): void {
    if (this.isOver) return;
    const unfinishedAt = this.#scanner?.unfinishedAt ?? -1;
    if (unfinishedAt >= 0) this.#stop("xml-malformed", unfinishedAt);
    else if (this.#elements.depth > 0) this.#stop("xml-malformed", this.#base);
    else this.#parser.close();
    if (this.isOver || this.#suspicion.foundAt < 0) return;
    this.#reporter.add("utf8-as-latin1", { interchange: 1, offset: this.#suspicion.foundAt });
  }

  #take(data: Uint8Array, place: "more follows" | "last"): void {
    this.#held = data;
    const { inputBytesMax } = this.#limits;
    const isTooLong = this.#base + data.length > inputBytesMax;
    if (!this.#found && data.length < encodingHeadBytes && place === "more follows" && !isTooLong) return;
    this.#data = isTooLong ? data.subarray(0, inputBytesMax - this.#base) : data;
    const found = this.#found ?? this.#begin(data);
    if (!found) return;
    const from = this.#base === 0 ? found.markLength : 0;
    const isLast = place === "last" && !isTooLong;
    const at = this.#feed(from, found, isLast ? data.length : endOfCharacters(this.#data, found));
    if (isTooLong) this.#stop("interchange-too-long", inputBytesMax);
    if (this.isOver) return;
    if (place === "more follows") this.#markupBeforeData = this.#markupBefore(this.#base + at);
    this.#held = data.slice(at);
    this.#base += at;
    this.#data = this.#held;
  }

  #begin(data: Uint8Array): TextEncodingFound | undefined {
    this.#found = encodingOf(data);
    const { unit, contradictedAt: offset } = this.#found ?? {};
    if (!this.#found) this.#stop("xml-encoding", 0);
    if (offset !== undefined) this.#reporter.add("encoding-differs", { interchange: 1, offset });
    // Where only the beginning is wanted, the parser's own checks are enough.
    if (!this.#wantedUpTo) this.#scanner = new MarkupScanner(unit === "utf-16" ? 2 : 1);
    return this.#found;
  }

  /** Parses windows up to `to`; returns where it stopped. */
  #feed(from: number, found: TextEncodingFound, to: number): number {
    const [first, usual] = this.#wantedUpTo
      ? [bytesUpTo(this.#data, from, this.#wantedUpTo), smallWindowBytes]
      : [windowBytes, windowBytes];
    let at = from;
    let size = first;
    while (at < to && !this.isOver) {
      if (this.#passer.isPassing) at = this.#passer.pass(this.#data.subarray(0, to), at, this.#base, found);
      if (at >= to) break;
      const end = at + endOfCharacters(this.#data.subarray(at, Math.min(to, at + size)), found, "some");
      // Bytes of UTF-16 are not characters: nothing is left out there.
      const skip = found.unit === "utf-16" ? undefined : this.#runs.take(this.#data.subarray(at, end));
      if (skip) this.#parse(at, at + skip.from, found);
      this.#parse(at + (skip?.to ?? 0), end, found);
      at = end;
      size = usual;
      if (this.#passer.isPassing) this.#passWithin(end);
    }
    return at;
  }

  #parse(from: number, to: number, found: TextEncodingFound): void {
    if (this.isOver || from === to) return;
    const { text, length } = decodedWindow(this.#data.subarray(from, to), found.encoding);
    const end = from + length;
    this.#windowStart = from;
    this.#windowEnd = end;
    this.#places.begin(text, this.#windowCharacter, this.#base + from);
    if (found.unit === "byte" && !this.#wantedUpTo)
      this.#suspicion.take(this.#data.subarray(from, end), this.#base + from);
    const first = this.#windowCharacter;
    const fault = this.#scanner?.scan(text, (character) => this.#byteAt(first + character));
    this.#parser.write(fault ? text.slice(0, fault.before) : text);
    this.#windowCharacter += text.length;
    if (fault) this.#stop(fault.code, fault.byte);
    this.#checkLength(this.#windowCharacter);
    if (end < to) this.#stop("invalid-character", this.#base + end);
  }

  /** Skips the part of a text that is in the window just parsed, or up to the tag that now ends it. */
  #passWithin(end: number): void {
    if (this.#found)
      this.#passer.passWithin(this.#data.subarray(0, end), this.#windowStart, this.#base, this.#found);
  }

  #byteAt(character: number): number {
    return this.#places.byteAt(character, this.#found?.unit ?? "byte");
  }

  #stop(code: FindingCode, offset: number): void {
    if (!this.isOver) this.#reporter.stop(code, { interchange: 1, offset });
  }

  /** Reports an error of the parser: in a complete tag that it has read, or at the character that it read last. */
  #malformed(): void {
    const { position } = this.#parser;
    const isTag = this.#places.characterBefore(position) === ">";
    this.#stop("xml-malformed", isTag ? this.elementStart() : this.#byteAt(Math.max(0, position - 1)));
  }

  /** Checks how much has been read since the last tag or text, and refuses too much. */
  #checkLength(to: number): void {
    const most = this.#lastEvent + this.#limits.textBytesMax;
    if (to > most && !this.isOver) this.#stop("xml-text-too-long", this.#byteAt(most));
  }

  #event(): void {
    const { position } = this.#parser;
    this.#checkLength(position);
    this.#lastEvent = position;
  }

  #listen(): void {
    const parser = this.#parser;
    // Seven listeners at most: with eight, V8 keeps the parser's fields in a dictionary, and each access is a lookup.
    parser.on("attribute", () => {
      const code = this.#elements.attribute();
      if (code) this.#stop(code, this.elementEnd());
    });
    parser.on("opentag", (tag) => this.#opened(tag.name, tag.attributes as Attributes));
    parser.on("text", (text) => this.#heard(text));
    parser.on("cdata", (text) => this.#heard(text));
    parser.on("closetag", () => this.#closed());
    parser.on("doctype", () => this.#stop("xml-doctype", this.elementStart()));
    parser.on("error", () => this.#malformed());
  }

  #opened(name: string, attributes: Attributes): void {
    this.#event();
    if (this.isOver) return;
    const code = this.#elements.open(name, attributes);
    // A skipped payload must be nothing but text.
    if (this.#passer.isBegun) this.#stop("base64-invalid", this.elementStart());
    else if (code) this.#stop(code, this.elementStart());
    else {
      const { local, uri, depth, isFirstWrong } = this.#elements;
      if (isFirstWrong) this.#reporter.add("xml-prefix", { interchange: 1, offset: this.elementStart() });
      this.#handlers.open(local, uri, depth, attributes);
    }
  }

  /** Where the markup that ends at a byte of the input begins: no tag contains another `<`. */
  #markupBefore(end: number): number {
    const unit = this.#found?.unit ?? "byte";
    const at = findMarkupBefore(this.#data, end - this.#base, unit, this.encoding);
    return at < 0 ? this.#markupBeforeData : this.#base + at;
  }

  #heard(text: string): void {
    this.#event();
    if (!this.isOver && !this.#passer.isBegun) this.#handlers.text(text);
  }

  #closed(): void {
    this.#event();
    if (this.isOver) return;
    if (this.#passer.isBegun && !this.#endPassing()) {
      this.#stop("base64-invalid", this.elementStart());
      return;
    }
    const { depth } = this.#elements;
    this.#handlers.close(this.#elements.close(), depth);
  }

  /** Ends a skipped text; false where anything but the end tag follows: a comment, a CDATA section or the like. */
  #endPassing(): boolean {
    const end = this.elementEnd();
    if (this.#passer.isPassing && !this.#passer.isEmptyAt(end)) this.#passWithin(this.#windowEnd);
    return this.#passer.end(end, this.#markupBefore(end));
  }
}
