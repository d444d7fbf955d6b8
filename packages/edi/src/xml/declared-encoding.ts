import { decoderFor } from "../charset.ts";

export type EncodingMark = "utf-8" | "utf-16le" | "utf-16be" | undefined;

/** The encoding shown by a byte order mark or the pattern of the first bytes (XML 1.0, appendix F). */
export function markOf(head: Uint8Array): EncodingMark {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0x3c && b === 0 && c === 0x3f && d === 0) return "utf-16le";
  if (a === 0 && b === 0x3c && c === 0 && d === 0x3f) return "utf-16be";
  return undefined;
}

/** The beginning of an input as text that is right for ASCII, enough for names and declarations; without a byte order mark. */
export function asciiOf(head: Uint8Array, mark: EncodingMark): string {
  if (mark === "utf-16le" || mark === "utf-16be")
    return decoderFor(mark)
      .decode(head)
      .replace(/^\uFEFF/, "");
  const from = mark === "utf-8" ? 3 : 0;
  return Buffer.from(head.buffer, head.byteOffset + from, head.length - from).toString("latin1");
}

const declaredEncoding = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,39})["']/;

/** The encoding named by an XML declaration, in lower case, and the character offset of the name. */
export function declaredXmlEncoding(text: string): { name: string; at: number } | undefined {
  const [whole, name] = declaredEncoding.exec(text) ?? [];
  if (whole === undefined || name === undefined) return undefined;
  // The name ends the match, except for the quote after it.
  return { name: name.toLowerCase(), at: whole.length - 1 - name.length };
}
