import { byteLength, type TextEncodingFound } from "./encodings.ts";

type Unit = TextEncodingFound["unit"];

/** Two pieces as one, without copying where one is empty. */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** How many bytes at the beginning are whole characters; `some`: all of them where not even one is. */
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

/** Neither a byte pair nor a pair of surrogates is parted. */
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

/** Where the next `<` begins, or -1; `from` stands between characters. */
export function findMarkup(bytes: Uint8Array, from: number, unit: Unit, encoding: string): number {
  let at = bytes.indexOf(0x3c, from);
  if (unit !== "utf-16") return at;
  const [place, zero] = encoding === "utf-16be" ? [1, -1] : [0, 1];
  while (at >= 0 && ((at - from) % 2 !== place || bytes[at + zero] !== 0)) at = bytes.indexOf(0x3c, at + 1);
  return at < 0 ? -1 : at - place;
}

/** Where the last `<` before `end` begins, or -1; `end` stands between characters. */
export function findMarkupBefore(bytes: Uint8Array, end: number, unit: Unit, encoding: string): number {
  if (end <= 0) return -1;
  let at = bytes.lastIndexOf(0x3c, end - 1);
  if (unit !== "utf-16") return at;
  const [place, zero] = encoding === "utf-16be" ? [1, -1] : [0, 1];
  while (at > 0 && ((end - at) % 2 !== place || bytes[at + zero] !== 0)) at = bytes.lastIndexOf(0x3c, at - 1);
  return at < 0 ? -1 : at - place;
}

/** Tells which byte a character of a window of text stands at. */
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

  /** The character at which the last `<` of the window before a place stands, -1 where that is in an earlier one. */
  markupBefore(character: number): number {
    const text = this.#text;
    // A tag is short: looking is faster than a native search.
    let at = character - this.#begin - 1;
    while (at >= 0 && text.charCodeAt(at) !== 0x3c) at--;
    return at < 0 ? -1 : this.#begin + at;
  }

  /** Byte of a character whose place the parser tells as past it: what stands there, or the line break before the window. */
  characterBefore(character: number): string {
    return this.#text.charAt(character - this.#begin - 1);
  }

  /** Byte of a character: counting goes on from the one asked for last, so that all in order take linear time. */
  byteAt(character: number, unit: Unit): number {
    if (character < this.#character) {
      // Before the window there is at most the line break that the parser held back.
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
