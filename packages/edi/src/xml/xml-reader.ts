import { SaxesParser } from "saxes";
import { decodeAscii } from "../charset.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import type { Reporter } from "../reporter.ts";
import { byteLength, encodingOf, strictDecoder, type TextEncodingFound } from "./encodings.ts";

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
  /** Pass the content of the element just opened up to its end tag; gives where it begins. */
  passText(): number;
  /** Where a passed text ends. */
  readonly passedTo: number;
};

const chunkBytes = 16 * 1024;
/** Small pieces where only the beginning is wanted: what is in a piece is parsed whole. */
const headChunkBytes = 160;

/** Drives saxes over an input with bounded depth, attributes, text and size, without DTD, in the declared encoding. */
export class XmlReader implements XmlControl {
  passedTo = 0;
  readonly #bytes: Uint8Array;
  readonly #limits: Limits;
  readonly #reporter: Reporter;
  readonly #parser = new SaxesParser({ position: false });
  readonly #handlers: XmlHandlers;
  readonly #chunkBytes: number;
  #found: TextEncodingFound | undefined;
  #depth = 0;
  #isFinished = false;
  #isPassing = false;
  /** The chunk being parsed: its text, and where it stands in characters and bytes. */
  #chunk = "";
  #chunkCharacter = 0;
  #chunkByte = 0;
  #tagStart = 0;
  #attributes = 0;
  #sinceEvent = 0;

  constructor(
    bytes: Uint8Array,
    makeHandlers: (control: XmlControl) => XmlHandlers,
    limits: Limits,
    reporter: Reporter,
    part: "head" | "whole" = "whole",
  ) {
    this.#chunkBytes = part === "head" ? headChunkBytes : chunkBytes;
    this.#bytes = bytes;
    this.#limits = limits;
    this.#reporter = reporter;
    this.#handlers = makeHandlers(this);
    this.#listen();
  }

  finish(): void {
    this.#isFinished = true;
  }

  passText(): number {
    this.#isPassing = true;
    return this.#byteAt(this.#parser.position);
  }

  /** The encoding in which the input was read. */
  get encoding(): string {
    return this.#found?.encoding ?? "utf-8";
  }

  read(): void {
    if (this.#bytes.length > this.#limits.inputBytesMax) {
      this.#reporter.stop("interchange-too-long", { interchange: 1, offset: this.#limits.inputBytesMax });
      return;
    }
    this.#found = encodingOf(this.#bytes);
    if (!this.#found) {
      this.#reporter.stop("xml-encoding", { interchange: 1, offset: 0 });
      return;
    }
    this.#feed(this.#found);
    if (!this.#isOver) this.#parser.close();
  }

  get #isOver(): boolean {
    return this.#isFinished || this.#reporter.isStopped;
  }

  #feed({ encoding, markLength, unit }: TextEncodingFound): void {
    const step = unit === "utf-16" ? 2 : 1;
    for (let at = markLength; at < this.#bytes.length && !this.#isOver; ) {
      const end = this.#chunkEnd(at, this.#chunkBytes, unit);
      const text = this.#decoded(at, end, encoding);
      if (text === undefined) return;
      this.#chunk = text;
      this.#chunkByte = at;
      this.#parser.write(text);
      this.#chunkCharacter += text.length;
      this.#sinceEvent += text.length;
      if (this.#sinceEvent > this.#limits.textBytesMax) this.#stop("xml-text-too-long");
      at = this.#isPassing ? this.#passTo(end, step) : end;
    }
  }

  /** Chunks end between characters, so that byte and character offsets can be told from each other. */
  #chunkEnd(at: number, size: number, unit: TextEncodingFound["unit"]): number {
    let end = Math.min(this.#bytes.length, at + size);
    if (end === this.#bytes.length) return end;
    if (unit === "utf-8") while (end > at + 1 && ((this.#bytes[end] as number) & 0xc0) === 0x80) end--;
    if (unit === "utf-16") end -= (end - at) % 2;
    return end;
  }

  #decoded(at: number, end: number, encoding: string): string | undefined {
    const piece = this.#bytes.subarray(at, end);
    if (encoding === "windows-1252") return decodeAscii(piece) ?? strictDecoder(encoding).decode(piece);
    try {
      return strictDecoder(encoding).decode(piece);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#reporter.stop("invalid-character", { interchange: 1, offset: at });
      return undefined;
    }
  }

  /** The next byte at which markup begins again: passed text can be huge and is not wanted as a string. */
  #passTo(from: number, step: number): number {
    let at = this.#bytes.indexOf(0x3c, from);
    while (at >= 0 && step === 2 && (at - from) % 2 !== (this.encoding === "utf-16be" ? 1 : 0)) {
      at = this.#bytes.indexOf(0x3c, at + 1);
    }
    const markup = at < 0 ? this.#bytes.length : this.encoding === "utf-16be" ? at - 1 : at;
    this.#sinceEvent = 0;
    return markup;
  }

  #byteAt(character: number): number {
    const within = character - this.#chunkCharacter;
    const unit = this.#found?.unit ?? "byte";
    return this.#chunkByte + (unit === "byte" ? within : byteLength(this.#chunk.slice(0, within), unit));
  }

  #stop(code: FindingCode): void {
    if (this.#isOver) return;
    const offset = Math.min(this.#bytes.length, this.#byteAt(this.#parser.position));
    this.#reporter.stop(code, { interchange: 1, offset });
  }

  #listen(): void {
    const parser = this.#parser;
    // The tag begins before its name, perhaps in the chunk before; its length is known, so counting back is enough.
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
    parser.on("cdata", (text) => this.#heard(text));
    parser.on("closetag", (tag) => this.#closed(tag.name));
    parser.on("doctype", () => this.#stop("xml-doctype"));
    parser.on("error", () => this.#stop("xml-malformed"));
  }

  #opened(name: string, attributes: Attributes): void {
    this.#sinceEvent = 0;
    if (this.#isOver) return;
    this.#depth++;
    if (this.#depth > this.#limits.depthMax) this.#stop("xml-too-deep");
    else this.#handlers.open(localName(name), this.#depth, attributes, this.#tagStart);
  }

  #heard(text: string): void {
    this.#sinceEvent = 0;
    if (!this.#isOver && !this.#isPassing) this.#handlers.text(text);
  }

  #closed(name: string): void {
    this.#sinceEvent = 0;
    if (this.#isOver) return;
    const end = this.#depth <= placedDepthMax || this.#isPassing ? this.#byteAt(this.#parser.position) : -1;
    if (this.#isPassing) {
      this.passedTo = this.#bytes.lastIndexOf(0x3c, end - 1);
      this.#isPassing = false;
    }
    this.#handlers.close(localName(name), this.#depth, end);
    this.#depth--;
  }
}

/** A name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
