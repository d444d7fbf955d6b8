/** Texts longer than this are read, but not kept: no identifier is. */
const keptBytesMax = 8192;
/** No name in FHIR is nearly as long; longer ones end the reading, since all names of an object are kept. */
const nameBytesMax = 256;

const quote = 0x22;
const backslash = 0x5c;
const simpleEscapes: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const isHexDigit = (byte: number) =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

/** Reads one text of a JSON document after the other, from chunks of UTF-8. */
export class JsonText {
  state: "open" | "ended" | "wrong" | "too long" = "open";
  /** Byte of the input after the quote that begins the text. */
  start = 0;
  /** The text that has ended, where it is kept. */
  value: string | undefined;
  #kind: "name" | "kept" | "passed" = "passed";
  /** What earlier chunks held of the text. */
  #earlier: Uint8Array[] = [];
  #length = 0;
  #hasEscapes = false;
  #isAscii = true;
  /** -1 after a backslash, else how many digits of a character's code are still to come. */
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

  /** Reads on from a place in the bytes; gives where it came to: after the quote that ends the text, or at what is wrong. */
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

  /** Follows escapes; false where there is no such escape. */
  #readEscape(byte: number): boolean {
    if (this.#escaping > 0) {
      this.#escaping--;
      return isHexDigit(byte);
    }
    this.#escaping = byte === 0x75 ? 4 : 0;
    return simpleEscapes.has(byte) || byte === 0x75;
  }

  /** Whether so much more may be kept: a name that is longer is refused, another text passed over. */
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
    // The text was checked while it was read.
    this.value = this.#hasEscapes ? (JSON.parse(`"${text}"`) as string) : text;
  }
}
