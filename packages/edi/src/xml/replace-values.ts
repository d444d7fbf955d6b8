import { SaxesParser } from "saxes";
import { decoderFor } from "../charset.ts";
import { concatenated } from "../edifact/write.ts";
import { encodingOf } from "./encodings.ts";
import { localName } from "./xml-text.ts";

/**
 * Called for every element without children, in order, with its path of local names and its text; returns the new text, if any.
 */
export type Replacement = (path: string, text: string) => string | undefined;

/** The document's encoding, and the path of the element's parent. */
type ElementOrigin = { readonly encoding: string; readonly parent: string };

type Splice = { readonly start: number; readonly end: number; readonly value: string };

/**
 * A document that was read before, with some texts replaced by ASCII values; every other byte is unchanged. `bytes` may be the
 * beginning of a document: only texts in it are replaced.
 */
export function replaceXmlValues(bytes: Uint8Array, replace: Replacement): Uint8Array {
  const { encoding, markLength } = encodingOf(bytes) ?? { encoding: "utf-8", markLength: 0 };
  return concatenated([
    bytes.subarray(0, markLength),
    replaceInElement(bytes.subarray(markLength), { encoding, parent: "" }, replace),
  ]);
}

/** One element of a document that was read before, with some texts replaced in the same way. */
export function replaceInElement(
  bytes: Uint8Array,
  { encoding, parent }: ElementOrigin,
  replace: Replacement,
): Uint8Array {
  const isWide = encoding.startsWith("utf-16");
  // Decoded as single bytes, so that character and byte offsets are equal: the names and values searched for are ASCII.
  const text = decoderFor(isWide ? encoding : "windows-1252").decode(bytes);
  const width = isWide ? 2 : 1;
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, value } of findSplices(text, parent, replace)) {
    pieces.push(bytes.subarray(at, start * width), encodeAscii(value, encoding));
    at = end * width;
  }
  return concatenated([...pieces, bytes.subarray(at)]);
}

function findSplices(text: string, parent: string, replace: Replacement): Splice[] {
  const parser = new SaxesParser({ position: false });
  const splices: Splice[] = [];
  const paths = [parent];
  let start = 0;
  let isLeaf = false;
  let heard = "";
  parser.on("opentag", (tag) => {
    paths.push(`${paths.at(-1)}/${localName(tag.name)}`);
    start = parser.position;
    isLeaf = !tag.isSelfClosing;
    heard = "";
  });
  parser.on("text", (piece) => {
    heard += piece;
  });
  parser.on("closetag", () => {
    const path = paths.pop() as string;
    const value = isLeaf ? replace(path, heard.trim()) : undefined;
    if (value !== undefined) splices.push({ start, end: text.lastIndexOf("</", parser.position - 1), value });
    isLeaf = false;
  });
  // The document was checked for well-formedness when it was read in its own encoding.
  parser.on("error", () => undefined);
  parser.write(text);
  return splices;
}

/** ASCII text in an encoding of XML. */
export function encodeAscii(value: string, encoding: string): Uint8Array {
  if (!encoding.startsWith("utf-16")) return Uint8Array.from(value, (letter) => letter.charCodeAt(0));
  const [high, low] = encoding === "utf-16le" ? [1, 0] : [0, 1];
  const bytes = new Uint8Array(value.length * 2);
  for (let at = 0; at < value.length; at++) {
    bytes[at * 2 + low] = value.charCodeAt(at) & 0xff;
    bytes[at * 2 + high] = 0;
  }
  return bytes;
}
