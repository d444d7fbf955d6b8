import type { FindingCode } from "../finding-texts.ts";
import { referenceLength } from "./references.ts";

/** An error in the markup: which one, its byte in the input, and how much of the window precedes it. */
type MarkupFault = { readonly code: FindingCode; readonly byte: number; readonly before: number };

type State = "text" | "tag" | "comment" | "cdata" | "instruction";

const ends = { comment: "-->", cdata: "]]>", instruction: "?>" } as const;
const beginnings = [
  ["<!--", "comment"],
  ["<![CDATA[", "cdata"],
  ["<?", "instruction"],
] as const;
const doctype = "<!DOCTYPE";
const [bang, question, slash] = [0x21, 0x3f, 0x2f];
const outside = /[^ \t\r\n]/g;

/**
 * Finds errors in XML that a parser reports late, or at a place that depends on how the text was cut: a bare `&`, text outside
 * the root, a document type definition, unterminated markup. Scans one window after another.
 */
export class MarkupScanner {
  #state: State = "text";
  #quote = "";
  #isClosing = false;
  #lastInTag = "";
  #depth = 0;
  #hasRoot = false;
  /** The end of the last window that could not be decided yet; it is ASCII. */
  #tail = "";
  /** Byte at which markup or a reference began that had not ended by the end of the last window. */
  #openByte = -1;
  #text = "";
  /** Next position of each of these, cached so that each is searched for once. */
  #reference = -1;
  #sectionEnd = -1;
  #doubleQuote = -1;
  #singleQuote = -1;
  #tagEnd = -1;
  #openAt = -1;
  #fault: { code: FindingCode; at: number } | undefined;
  /** Bytes of an ASCII character in the input. */
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  /** Scans the text of the next window; `byteAt` returns the byte of a character in it. */
  scan(window: string, byteAt: (character: number) => number): MarkupFault | undefined {
    const carried = this.#tail.length;
    const begun = this.#openByte;
    this.#text = this.#tail + window;
    this.#tail = "";
    this.#reference = this.#sectionEnd = this.#doubleQuote = this.#singleQuote = this.#tagEnd = -1;
    if (this.#openAt >= 0) this.#openAt = -2;
    this.#readOn();
    if (!this.#fault && this.#openAt === -1) {
      this.#openByte = -1;
      return undefined;
    }
    const place = (character: number) => {
      if (character === -2) return begun;
      const inWindow = character - carried;
      return inWindow >= 0 ? byteAt(inWindow) : byteAt(0) + inWindow * this.#width;
    };
    if (this.#fault) {
      const { code, at: found } = this.#fault;
      return { code, byte: place(found), before: Math.max(0, found - carried) };
    }
    this.#openByte = place(this.#openAt);
    return undefined;
  }

  #readOn(): void {
    const { length } = this.#text;
    let at = 0;
    while (at < length) {
      if (this.#state === "text") at = this.#readText(this.#passPlain(at));
      else if (this.#state === "tag" && this.#quote === "") at = this.#readTag(at);
      else at = this.#readMarkup(at);
    }
  }

  /**
   * Fast path: skips plain text and tags while the window holds nothing else, which is the usual case; returns where it stopped.
   */
  #passPlain(from: number): number {
    const text = this.#text;
    const { length } = text;
    let at = from;
    if (this.#depth === 0 || this.#oddFrom(from) < length) return at;
    let depth = this.#depth;
    while (depth > 0) {
      const markup = text.indexOf("<", at);
      const next = markup < 0 ? bang : text.charCodeAt(markup + 1);
      const end = text.indexOf(">", markup + 2);
      // Anything but a complete tag, and the last end tag, is left to the slow path.
      if (next === bang || next === question || end < 0 || (next === slash && depth === 1)) break;
      if (next === slash) depth--;
      else if (text.charCodeAt(end - 1) !== slash) depth++;
      at = end + 1;
    }
    this.#depth = depth;
    return at;
  }

  /** Position of the next character that is neither plain text nor part of a plain tag; past the window if there is none. */
  #oddFrom(from: number): number {
    const text = this.#text;
    this.#reference = searched(text, "&", this.#reference, from);
    this.#sectionEnd = searched(text, ends.cdata, this.#sectionEnd, from);
    this.#doubleQuote = searched(text, '"', this.#doubleQuote, from);
    this.#singleQuote = searched(text, "'", this.#singleQuote, from);
    return Math.min(this.#reference, this.#sectionEnd, this.#doubleQuote, this.#singleQuote);
  }

  /** Where something began that the end of the input cuts off; -1 if nothing did. */
  get unfinishedAt(): number {
    return this.#openByte;
  }

  #fail(at: number, code: FindingCode = "xml-malformed"): number {
    this.#fault ??= { code, at };
    return this.#text.length;
  }

  /** Leaves the rest to be scanned again with the next window. */
  #wait(at: number): number {
    this.#tail = this.#text.slice(at);
    this.#openAt = at;
    return this.#text.length;
  }

  #readText(from: number): number {
    const text = this.#text;
    this.#openAt = -1;
    const markup = text.indexOf("<", from);
    const end = markup < 0 ? text.length : markup;
    const stop = this.#depth === 0 ? this.#readOutside(from, end) : this.#readInside(from, end);
    if (stop >= 0) return stop;
    if (markup >= 0) return this.#beginMarkup(markup);
    if (this.#depth > 0) this.#tail = endBegun(text, from, ends.cdata);
    return text.length;
  }

  /** Outside the root only blanks are allowed. */
  #readOutside(from: number, end: number): number {
    outside.lastIndex = from;
    const found = outside.exec(this.#text);
    return found && found.index < end ? this.#fail(found.index) : -1;
  }

  #readInside(from: number, end: number): number {
    if (this.#reference >= end && this.#sectionEnd >= end) return -1;
    const stop = this.#readReferences(from, end);
    this.#sectionEnd = searched(this.#text, ends.cdata, this.#sectionEnd, from);
    // Report the first of the two.
    if (this.#sectionEnd < end && this.#sectionEnd < (this.#fault?.at ?? end)) {
      this.#fault = undefined;
      return this.#fail(this.#sectionEnd);
    }
    return stop;
  }

  /** Checks the references in a range; returns where reading continues if one is wrong or cut off, else -1. */
  #readReferences(from: number, end: number): number {
    const text = this.#text;
    for (let at = from; ; at = this.#reference + 1) {
      this.#reference = searched(text, "&", this.#reference, at);
      if (this.#reference >= end) return -1;
      const length = referenceLength(text, this.#reference);
      if (length === 0) return this.#fail(this.#reference);
      if (length < 0) return this.#wait(this.#reference);
    }
  }

  #beginMarkup(at: number): number {
    const next = this.#text[at + 1];
    return next === undefined || next === "!" || next === "?"
      ? this.#beginOther(at)
      : this.#beginTag(at, next === "/");
  }

  #beginTag(at: number, isClosing: boolean): number {
    if (this.#depth === 0 && (this.#hasRoot || isClosing)) return this.#fail(at);
    this.#isClosing = isClosing;
    return this.#enter("tag", at, 1);
  }

  #beginOther(at: number): number {
    const text = this.#text;
    const rest = text.slice(at, at + doctype.length);
    const isWhole = rest.length === doctype.length;
    for (const [begin, state] of beginnings) {
      if (rest.startsWith(begin)) {
        if (state === "cdata" && this.#depth === 0) return this.#fail(at);
        return this.#enter(state, at, begin.length);
      }
    }
    if (rest.startsWith(doctype)) return this.#fail(at, "xml-doctype");
    const mayBe = [...beginnings.map(([begin]) => begin), doctype];
    if (!isWhole && (rest === "<" || mayBe.some((begin) => begin.startsWith(rest)))) return this.#wait(at);
    return this.#fail(at);
  }

  #enter(state: State, at: number, length: number): number {
    this.#state = state;
    this.#openAt = at;
    return at + length;
  }

  #readMarkup(from: number): number {
    if (this.#state === "tag") return this.#readValue(from);
    const end = ends[this.#state as keyof typeof ends];
    const found = this.#text.indexOf(end, from);
    if (found < 0) {
      this.#tail = endBegun(this.#text, from, end);
      return this.#text.length;
    }
    this.#state = "text";
    this.#openAt = -1;
    return found + end.length;
  }

  #readTag(from: number): number {
    const text = this.#text;
    this.#tagEnd = searched(text, ">", this.#tagEnd, from);
    const end = this.#tagEnd;
    this.#doubleQuote = searched(text, '"', this.#doubleQuote, from);
    this.#singleQuote = searched(text, "'", this.#singleQuote, from);
    const quoteAt = Math.min(this.#doubleQuote, this.#singleQuote);
    if (end < quoteAt) {
      this.#endTag((end > from ? text[end - 1] : this.#lastInTag) === "/");
      return end + 1;
    }
    if (quoteAt < text.length) {
      this.#quote = text.charAt(quoteAt);
      return quoteAt + 1;
    }
    this.#lastInTag = text.charAt(text.length - 1);
    return text.length;
  }

  #endTag(isEmpty: boolean): void {
    this.#hasRoot = true;
    if (this.#isClosing) this.#depth--;
    else if (!isEmpty) this.#depth++;
    this.#state = "text";
    this.#openAt = -1;
    this.#lastInTag = "";
  }

  #readValue(from: number): number {
    const found = this.#text.indexOf(this.#quote, from);
    const end = found < 0 ? this.#text.length : found;
    const tagAt = this.#openAt;
    const stop = this.#readReferences(from, end);
    if (stop >= 0) {
      this.#openAt = tagAt;
      return stop;
    }
    if (found < 0) return this.#text.length;
    this.#quote = "";
    this.#lastInTag = "";
    return found + 1;
  }
}

/**
 * Next position of `wanted` at or after `from`: the known one if it is still ahead; past the end of the text if there is none.
 */
function searched(text: string, wanted: string, known: number, from: number): number {
  if (known >= from) return known;
  const found = text.indexOf(wanted, from);
  return found < 0 ? Number.POSITIVE_INFINITY : found;
}

/** How much of an end mark is at the end of a text. */
function endBegun(text: string, from: number, end: string): string {
  for (let length = end.length - 1; length > 0; length--) {
    const begun = end.slice(0, length);
    if (text.length - length >= from && text.endsWith(begun)) return begun;
  }
  return "";
}
