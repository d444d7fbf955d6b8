import type { ByteRange } from "../envelope.ts";

/** Which values of a JSON document are wanted: names lead on, a one-element list stands for every element, `true` for a text. */
export type Wanted = true | readonly [Wanted] | { readonly [name: string]: Wanted };

type Container = {
  readonly kind: "object" | "array";
  readonly wanted: Wanted | undefined;
  readonly value: Record<string, unknown> | unknown[] | undefined;
  name: string | undefined;
  /** What may come next. */
  expects: "first" | "name" | "colon" | "value" | "comma";
};

type PendingText = { isName: boolean; isKept: boolean; bytes: number[]; start: number };

/** Texts longer than this are read, but not kept: no identifier is. */
const keptBytesMax = 8192;

const quote = 0x22;
const backslash = 0x5c;
const isBlank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const simpleEscapes: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const isHexDigit = (byte: number) =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const literalBytesMax = 4096;

/**
 * Reads JSON (RFC 8259) that is pushed in chunks of UTF-8, checks all of it, and keeps only what is wanted. Memory is bounded
 * by the depth and by what is wanted, not by the length.
 */
export class JsonScanner {
  /** Where and why reading ended before the end. */
  fault: { readonly code: "json-malformed" | "xml-too-deep"; readonly offset: number } | undefined;
  /** The document with what was wanted of it. */
  value: unknown;
  /** The wanted texts of the outermost object, and where they stand between their quotes. */
  readonly texts: { readonly name: string; readonly range: ByteRange }[] = [];
  readonly #wanted: Wanted;
  readonly #depthMax: number;
  readonly #stack: Container[] = [];
  readonly #decoder = new TextDecoder();
  #offset = 0;
  #isDone = false;
  #text: PendingText | undefined;
  /** -1 after a backslash, else how many digits of a character's code are still to come. */
  #escaping = 0;
  #literal = "";

  constructor(wanted: Wanted, depthMax: number) {
    this.#wanted = wanted;
    this.#depthMax = depthMax;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.fault) {
      if (this.#text) at = this.#readText(bytes, at);
      else {
        this.#read(bytes[at] as number, this.#offset + at);
        at++;
      }
    }
    this.#offset += bytes.length;
  }

  end(): void {
    if (!this.fault && this.#literal !== "") this.#endLiteral(this.#offset);
    if (!this.#isDone || this.#text) this.#fail(this.#offset);
  }

  #fail(offset: number, code: "json-malformed" | "xml-too-deep" = "json-malformed"): void {
    this.fault ??= { code, offset };
  }

  #read(byte: number, offset: number): void {
    if (this.#literal !== "" && this.#isInLiteral(byte, offset)) return;
    if (isBlank(byte) || this.fault) return;
    const top = this.#stack.at(-1);
    switch (byte) {
      case 0x2c:
        this.#comma(top, offset);
        break;
      case 0x3a:
        if (top?.expects === "colon") top.expects = "value";
        else this.#fail(offset);
        break;
      case 0x5d:
        this.#close("array", top, offset);
        break;
      case 0x7d:
        this.#close("object", top, offset);
        break;
      case quote:
        this.#beginText(top, offset);
        break;
      default:
        this.#beginOther(byte, top, offset);
    }
  }

  /** Takes a byte of a number or a name such as `true`; false where it has ended before this byte. */
  #isInLiteral(byte: number, offset: number): boolean {
    if (isBlank(byte) || byte === 0x2c || byte === 0x5d || byte === 0x7d) {
      this.#endLiteral(offset);
      return false;
    }
    if (this.#literal.length >= literalBytesMax) this.#fail(offset);
    else this.#literal += String.fromCharCode(byte);
    return true;
  }

  #beginOther(byte: number, top: Container | undefined, offset: number): void {
    if (!this.#mayBegin(top)) this.#fail(offset);
    else if (byte === 0x7b) this.#open("object", offset);
    else if (byte === 0x5b) this.#open("array", offset);
    else this.#literal = String.fromCharCode(byte);
  }

  #mayBegin(top: Container | undefined): boolean {
    if (!top) return !this.#isDone;
    return top.expects === "value" || (top.kind === "array" && top.expects === "first");
  }

  #comma(top: Container | undefined, offset: number): void {
    if (top?.expects !== "comma") {
      this.#fail(offset);
      return;
    }
    top.expects = top.kind === "object" ? "name" : "value";
  }

  #open(kind: Container["kind"], offset: number): void {
    if (this.#stack.length >= this.#depthMax) {
      this.#fail(offset, "xml-too-deep");
      return;
    }
    const wanted = this.#wantedHere();
    const isWanted =
      kind === "array" ? Array.isArray(wanted) : typeof wanted === "object" && !Array.isArray(wanted);
    const value = isWanted ? (kind === "array" ? [] : {}) : undefined;
    const here = isWanted ? wanted : undefined;
    this.#stack.push({ kind, wanted: here, value, name: undefined, expects: "first" });
  }

  #close(kind: Container["kind"], top: Container | undefined, offset: number): void {
    if (top?.kind !== kind || (top.expects !== "comma" && top.expects !== "first")) {
      this.#fail(offset);
      return;
    }
    this.#stack.pop();
    this.#give(top.value);
  }

  /** What is wanted of the value that stands here. */
  #wantedHere(): Wanted | undefined {
    const top = this.#stack.at(-1);
    if (!top) return this.#wanted;
    const { wanted, name } = top;
    if (wanted === undefined || wanted === true) return undefined;
    if (Array.isArray(wanted)) return wanted[0] as Wanted;
    const named = wanted as { readonly [name: string]: Wanted };
    return name !== undefined && Object.hasOwn(named, name) ? named[name] : undefined;
  }

  /** A value has ended: it goes where it was wanted. Of two with one name the last counts. */
  #give(value: unknown): void {
    const top = this.#stack.at(-1);
    if (!top) {
      this.#isDone = true;
      this.value = value;
      return;
    }
    top.expects = "comma";
    if (Array.isArray(top.value)) top.value.push(value);
    else if (top.value && top.name !== undefined && this.#wantedHere() !== undefined)
      top.value[top.name] = value;
  }

  #endLiteral(offset: number): void {
    if (!literal.test(this.#literal)) {
      this.#fail(offset - this.#literal.length);
      return;
    }
    this.#literal = "";
    this.#give(undefined);
  }

  #beginText(top: Container | undefined, offset: number): void {
    const isName = top?.kind === "object" && (top.expects === "first" || top.expects === "name");
    if (!isName && !this.#mayBegin(top)) {
      this.#fail(offset);
      return;
    }
    const isKept = isName ? top.wanted !== undefined : this.#wantedHere() === true;
    this.#text = { isName, isKept, bytes: [], start: offset + 1 };
  }

  /** Reads on within a text; gives where it came to. */
  #readText(bytes: Uint8Array, from: number): number {
    const text = this.#text as PendingText;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === quote && this.#escaping === 0) {
        this.#endText(this.#offset + at);
        return at + 1;
      }
      if (byte < 0x20 || !this.#readEscape(byte)) {
        this.#fail(this.#offset + at);
        return at;
      }
      if (!text.isKept) continue;
      text.bytes.push(byte);
      if (text.bytes.length > keptBytesMax) text.isKept = false;
    }
    return bytes.length;
  }

  /** Follows escapes; false where there is no such escape. */
  #readEscape(byte: number): boolean {
    if (this.#escaping === 0) this.#escaping = byte === backslash ? -1 : 0;
    else if (this.#escaping > 0) {
      this.#escaping--;
      return isHexDigit(byte);
    } else {
      this.#escaping = byte === 0x75 ? 4 : 0;
      return simpleEscapes.has(byte) || byte === 0x75;
    }
    return true;
  }

  #endText(end: number): void {
    const { isName, isKept, bytes, start } = this.#text as PendingText;
    this.#text = undefined;
    const text = isKept ? unescaped(this.#decoder.decode(Uint8Array.from(bytes))) : undefined;
    const top = this.#stack.at(-1);
    if (isName && top) {
      top.name = text;
      top.expects = "colon";
      return;
    }
    if (isKept && this.#stack.length === 1 && top?.kind === "object" && top.name !== undefined)
      this.texts.push({ name: top.name, range: { start, end } });
    this.#give(text);
  }
}

// The text was checked while it was read.
const unescaped = (text: string) => (text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text);
