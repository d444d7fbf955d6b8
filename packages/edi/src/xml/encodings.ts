import { asciiOf, declaredXmlEncoding, markOf } from "../recognise.ts";

/** How a text input is encoded: WHATWG label, bytes of the byte order mark, and whether one byte is one character. */
export type TextEncodingFound = {
  readonly encoding: string;
  readonly markLength: number;
  readonly unit: "byte" | "utf-8" | "utf-16";
};

const aliases: Record<string, string> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "us-ascii": "windows-1252",
  "iso-8859-1": "windows-1252",
  latin1: "windows-1252",
  "windows-1252": "windows-1252",
  cp1252: "windows-1252",
  "iso-8859-15": "iso-8859-15",
};

/** So much of an input tells its encoding. */
export const encodingHeadBytes = 256;

/** Finds the encoding by byte order mark, else by XML declaration, else UTF-8 (XML 1.0, appendix F); undefined where it is not supported. */
export function encodingOf(bytes: Uint8Array): TextEncodingFound | undefined {
  const head = bytes.subarray(0, encodingHeadBytes);
  const mark = markOf(head);
  if (mark === "utf-8") return { encoding: "utf-8", markLength: 3, unit: "utf-8" };
  if (mark) return { encoding: mark, markLength: head[0] === 0x3c || head[0] === 0 ? 0 : 2, unit: "utf-16" };
  const declared = declaredXmlEncoding(asciiOf(head, mark).trimStart()) ?? "utf-8";
  const encoding = Object.hasOwn(aliases, declared) ? aliases[declared] : undefined;
  if (!encoding) return undefined;
  return { encoding, markLength: 0, unit: encoding === "utf-8" ? "utf-8" : "byte" };
}

/** How many bytes these characters take in the input. */
export function byteLength(text: string, unit: TextEncodingFound["unit"]): number {
  if (unit === "byte") return text.length;
  if (unit === "utf-16") return text.length * 2;
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    // A surrogate pair takes four bytes, two for each half.
    length += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return length;
}

const strictDecoders = new Map<string, InstanceType<typeof TextDecoder>>();

/** A decoder that throws on bytes outside its encoding; making one costs more than decoding a letter, so each is kept. */
export function strictDecoder(encoding: string): InstanceType<typeof TextDecoder> {
  let decoder = strictDecoders.get(encoding);
  if (!decoder) {
    decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    strictDecoders.set(encoding, decoder);
  }
  return decoder;
}
