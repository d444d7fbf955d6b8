import { encode } from "../charset.ts";

/** Text as XML content or attribute value; characters that XML forbids are replaced by question marks. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[[\p{Cc}--[\t\n\r\x7f-\x9f]]\ufffe\uffff]/gv, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** An element with escaped text, or nothing if the text is undefined. */
export function element(name: string, text: string | undefined, attributes = ""): string {
  return text === undefined ? "" : `<${name}${attributes}>${escaped(text)}</${name}>`;
}

/** A document in an encoding; characters outside the encoding are written as character references. */
export function documentBytes(encoding: "windows-1252" | "utf-8", content: string): Uint8Array {
  const declaration = `<?xml version="1.0" encoding="${encoding === "utf-8" ? "UTF-8" : encoding}"?>\n`;
  const text = declaration + content;
  const bytes = encode(text, encoding);
  if (!("unencodable" in bytes)) return bytes;
  const referenced = text.replace(
    /[^\t\n\r\x20-\x7f\xa0-\xff]/gu,
    (message) => `&#${message.codePointAt(0)};`,
  );
  const again = encode(referenced, encoding);
  if ("unencodable" in again) throw new RangeError("the document cannot be encoded");
  return again;
}

/** A name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
