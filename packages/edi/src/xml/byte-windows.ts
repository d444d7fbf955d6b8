import { byteLength, type TextEncodingFound } from "./encodings.ts";

type Unit = TextEncodingFound["unit"];

/** Joins two pieces, without copying if one is empty. */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** How many bytes at the beginning are whole characters; `some`: all of them if there is not even one. */
export function endOfCharacters(
  bytes: Uint8Array,
  { unit, encoding }: Pick<TextEncodingFound, "unit" | "encoding">,
  least: "none" | "some" = "none",
): number {
  const { length } = bytes;
  if (unit === "byte" || length === 0) return length;
  const end = unit === "utf-16" ? endOfUtf16(bytes, encoding) : endOfUtf8(bytes);
  return end === 0 && least === "some" ? length : end;
}

/** Splits neither a byte pair nor a surrogate pair. */
function endOfUtf16(bytes: Uint8Array, encoding: string): number {
  const end = bytes.length - (bytes.length % 2);
  const high = bytes[encoding === "utf-16be" ? end - 2 : end - 1] ?? 0;
  return high >= 0xd8 && high < 0xdc ? end - 2 : end;
}

function endOfUtf8(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] as number;
    if (byte < 0x80) return length;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? length - back : length;
  }
  return length;
}

/** Where the next `<` begins, or -1; `from` is at a character boundary. */
export function findMarkup(bytes: Uint8Array, from: number, unit: Unit, encoding: string): number {
  let at = bytes.indexOf(0x3c, from);
  if (unit !== "utf-16") return at;
  const [place, zero] = encoding === "utf-16be" ? [1, -1] : [0, 1];
  while (at >= 0 && ((at - from) % 2 !== place || bytes[at + zero] !== 0)) at = bytes.indexOf(0x3c, at + 1);
  return at < 0 ? -1 : at - place;
}

/** Where the last `<` before `end` begins, or -1; `end` is at a character boundary. */
export function findMarkupBefore(bytes: Uint8Array, end: number, unit: Unit, encoding: string): number {
  if (end <= 0) return -1;
  let at = bytes.lastIndexOf(0x3c, end - 1);
  if (unit !== "utf-16") return at;
  const [place, zero] = encoding === "utf-16be" ? [1, -1] : [0, 1];
  while (at > 0 && ((end - at) % 2 !== place || bytes[at + zero] !== 0)) at = bytes.lastIndexOf(0x3c, at - 1);
  return at < 0 ? -1 : at - place;
}

/** Maps characters of a window of text to bytes of the input. */
export class WindowPlaces {
  #text = "";
  #begin = 0;
  #beginByte = 0;
  #character = 0;
  #byte = 0;

  /** The window's text begins at this character and byte of the input. */
  begin(text: string, character: number, byte: number): void {
    this.#text = text;
    this.#begin = this.#character = character;
    this.#beginByte = this.#byte = byte;
  }

  /** The character of the last `<` of the window before a place, -1 if it is in an earlier window. */
  markupBefore(character: number): number {
    const text = this.#text;
    // Tags are short: a loop is faster than a native search.
    let at = character - this.#begin - 1;
    while (at >= 0 && text.charCodeAt(at) !== 0x3c) at--;
    return at < 0 ? -1 : this.#begin + at;
  }

  /** The character before a place, which is where the parser reports it; "" if it is before the window. */
  characterBefore(character: number): string {
    return this.#text.charAt(character - this.#begin - 1);
  }

  /** Byte of a character: counting continues from the last one requested, so that requests in order take linear time. */
  byteAt(character: number, unit: Unit): number {
    if (character < this.#character) {
      // Only a line break that the parser held back can be before the window.
      if (character < this.#begin)
        return this.#beginByte - (this.#begin - character) * (unit === "utf-16" ? 2 : 1);
      this.#character = this.#begin;
      this.#byte = this.#beginByte;
    }
    const between = character - this.#character;
    if (between === 0 || unit === "byte") return this.#byte + between;
    this.#byte += byteLength(this.#text.slice(this.#character - this.#begin, character - this.#begin), unit);
    this.#character = character;
    return this.#byte;
  }
}
