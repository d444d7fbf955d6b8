import { asciiOf, declaredXmlEncoding, markOf } from "./declared-encoding.ts";

/** How a text input is encoded: WHATWG label, bytes of the byte order mark, and whether one byte is one character. */
export type TextEncodingFound = {
  readonly encoding: string;
  readonly markLength: number;
  readonly unit: "byte" | "utf-8" | "utf-16";
  /** Byte at which the XML declaration names another encoding than the bytes show; the bytes take precedence. */
  readonly contradictedAt?: number;
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

/** Enough bytes of an input to detect its encoding. */
export const encodingHeadBytes = 256;

/**
 * Determines the encoding by byte order mark or the pattern of the first bytes, else by XML declaration, else UTF-8 (XML 1.0,
 * appendix F); undefined if it is not supported.
 */
export function encodingOf(bytes: Uint8Array): TextEncodingFound | undefined {
  const head = bytes.subarray(0, encodingHeadBytes);
  const mark = markOf(head);
  const text = asciiOf(head, mark);
  const declared = declaredXmlEncoding(text.trimStart());
  const name = declared && (Object.hasOwn(aliases, declared.name) ? aliases[declared.name] : declared.name);
  const found = mark ? marked(mark, head) : plain(name ?? "utf-8");
  if (!found || !declared || !name || isSame(found.encoding, name)) return found;
  const at = text.length - text.trimStart().length + declared.at;
  return { ...found, contradictedAt: found.markLength + at * (found.unit === "utf-16" ? 2 : 1) };
}

function marked(mark: NonNullable<ReturnType<typeof markOf>>, head: Uint8Array): TextEncodingFound {
  if (mark === "utf-8") return { encoding: "utf-8", markLength: 3, unit: "utf-8" };
  return { encoding: mark, markLength: head[0] === 0x3c || head[0] === 0 ? 0 : 2, unit: "utf-16" };
}

/** Without a byte order mark it is not UTF-16, whatever is declared: the declaration was read as ASCII. */
function plain(name: string): TextEncodingFound | undefined {
  if (!wide.test(name) && !supported.has(name)) return undefined;
  const encoding = supported.has(name) ? name : "utf-8";
  return { encoding, markLength: 0, unit: encoding === "utf-8" ? "utf-8" : "byte" };
}

const supported = new Set(Object.values(aliases));
const wide = /^(?:utf-?16|iso-10646-ucs-2|ucs-2)/;

/** Whether a declaration names the encoding that was found; "UTF-16" leaves the byte order to the byte order mark. */
const isSame = (found: string, name: string) =>
  found === name || (found.startsWith("utf-16") && wide.test(name) && !/(?:le|be)$/.test(name));

/** How many bytes characters take in the input. */
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

/** A decoder that throws on bytes outside its encoding. Cached: creating one costs more than decoding a message. */
export function strictDecoder(encoding: string): InstanceType<typeof TextDecoder> {
  let decoder = strictDecoders.get(encoding);
  if (!decoder) {
    decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    strictDecoders.set(encoding, decoder);
  }
  return decoder;
}
