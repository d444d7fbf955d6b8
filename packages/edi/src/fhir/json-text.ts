/** Longer strings are read but not kept: no identifier is that long. */
const keptBytesMax = 8192;
/** No name in FHIR is nearly as long; longer ones end the reading, since all names of an object are kept. */
const nameBytesMax = 256;

const quote = 0x22;
const backslash = 0x5c;
const simpleEscapes: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const isHexDigit = (byte: number) =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

/** Reads the strings of a JSON document, one after another, from chunks of UTF-8. */
export class JsonText {
  state: "open" | "ended" | "wrong" | "too long" = "open";
  /** Byte of the input after the quote that begins the text. */
  start = 0;
  /** The last complete string, if it is kept. */
  value: string | undefined;
  #kind: "name" | "kept" | "passed" = "passed";
  /** The part of the string in earlier chunks. */
  #earlier: Uint8Array[] = [];
  #length = 0;
  #hasEscapes = false;
  #isAscii = true;
  /** -1 after a backslash, else the number of digits of a character code still expected. */
  #escaping = 0;

  begin(kind: "name" | "kept" | "passed", start: number): void {
    this.state = "open";
    this.start = start;
    this.value = undefined;
    this.#kind = kind;
    if (this.#length > 0) this.#earlier = [];
    this.#length = 0;
    this.#hasEscapes = false;
    this.#isAscii = true;
    this.#escaping = 0;
  }

  /** Continues reading at a position; returns where it stopped: after the closing quote, or at an error. */
  read(bytes: Buffer, from: number): number {
    let all = 0;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      all |= byte;
      if (this.#escaping !== 0) {
        if (!this.#readEscape(byte)) return this.#fail("wrong", at);
      } else if (byte === quote) {
        this.#isAscii &&= all < 0x80;
        this.#end(bytes, from, at);
        return at + 1;
      } else if (byte === backslash) {
        this.#escaping = -1;
        this.#hasEscapes = true;
      } else if (byte < 0x20) return this.#fail("wrong", at);
    }
    this.#isAscii &&= all < 0x80;
    if (this.#fits(bytes.length - from) && this.#kind !== "passed")
      this.#earlier.push(bytes.subarray(from).slice());
    return bytes.length;
  }

  #fail(state: "wrong" | "too long", at: number): number {
    this.state = state;
    return at;
  }

  /** Reads an escape sequence; false if it is invalid. */
  #readEscape(byte: number): boolean {
    if (this.#escaping > 0) {
      this.#escaping--;
      return isHexDigit(byte);
    }
    this.#escaping = byte === 0x75 ? 4 : 0;
    return simpleEscapes.has(byte) || byte === 0x75;
  }

  /** Whether that many more bytes may be kept: a longer name is refused, any other string is skipped. */
  #fits(more: number): boolean {
    this.#length += more;
    if (this.#kind === "name" && this.#length > nameBytesMax) this.state = "too long";
    else if (this.#kind === "kept" && this.#length > keptBytesMax) this.#kind = "passed";
    return this.state === "open";
  }

  #end(bytes: Buffer, from: number, to: number): void {
    if (!this.#fits(to - from)) return;
    this.state = "ended";
    if (this.#kind === "passed") return;
    const text =
      this.#earlier.length === 0
        ? bytes.toString(this.#isAscii ? "latin1" : "utf8", from, to)
        : Buffer.concat([...this.#earlier, bytes.subarray(from, to)]).toString("utf8");
    // The text was validated while it was read.
    this.value = this.#hasEscapes ? (JSON.parse(`"${text}"`) as string) : text;
  }
}
