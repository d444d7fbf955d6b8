import type { Encoding } from "./dataset.ts";

const latin9: Readonly<Record<string, number>> = {
  "€": 0xa4,
  Š: 0xa6,
  š: 0xa8,
  Ž: 0xb4,
  ž: 0xb8,
  Œ: 0xbc,
  œ: 0xbd,
  Ÿ: 0xbe,
};
const taken = new Set(Object.values(latin9));
// Bytes 80-9F as windows-1252 has them: the SHAK file of the authority contains such dashes.
const windows: Readonly<Record<string, number>> = {
  ...{ "‚": 0x82, ƒ: 0x83, "„": 0x84, "…": 0x85, "†": 0x86, "‡": 0x87, ˆ: 0x88, "‰": 0x89, "‹": 0x8b },
  ...{ "‘": 0x91, "’": 0x92, "“": 0x93, "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97, "˜": 0x98, "™": 0x99 },
  "›": 0x9b,
};
const unknown = "?".charCodeAt(0);

function byteOf(sign: string, encoding: Encoding): number | undefined {
  const code = sign.codePointAt(0) ?? unknown;
  if (encoding === "iso-8859-15") {
    const special = latin9[sign] ?? windows[sign];
    if (special !== undefined) return special;
    return code < 0x100 && !taken.has(code) ? code : undefined;
  }
  return code < 0x100 ? code : undefined;
}

/** Whether every character of the text can be written in the encoding. */
export function isWritable(text: string, encoding: Encoding): boolean {
  if (encoding === "utf-8") return true;
  for (const sign of text) if (byteOf(sign, encoding) === undefined) return false;
  return true;
}

/** The text as bytes; a character that the encoding does not have is written as a question mark. */
export function encodeText(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (const sign of text) bytes[length++] = byteOf(sign, encoding) ?? unknown;
  return bytes.subarray(0, length);
}
