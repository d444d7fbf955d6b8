import type { Envelope } from "./envelope.ts";
import type { FindingCode } from "./finding-texts.ts";
import { finding } from "./findings.ts";

/** What a payload of unknown form seems to be. */
export type UnknownKind = "JSON" | "XML" | "MIME" | "compressed" | "EBCDIC" | "other";

const notes: Partial<Record<UnknownKind, FindingCode>> = {
  JSON: "form-json",
  XML: "form-xml",
  MIME: "form-mime",
  compressed: "form-compressed",
  EBCDIC: "form-ebcdic",
};

/** The result for a payload of unknown form: no interchange, and a finding with what it seems to be. */
export function unknownForm(kind: UnknownKind): Envelope {
  const at = { interchange: 1, offset: 0 };
  const note = notes[kind];
  return { interchanges: [], findings: [finding("form-unknown", at), ...(note ? [finding(note, at)] : [])] };
}

/** The result for EDIFACT in UTF-16. */
export function wideEdifact(): Envelope {
  return { interchanges: [], findings: [finding("edifact-utf16", { interchange: 1, offset: 0 })] };
}

/** Whether a text begins with MIME header fields (RFC 5322), or as a part of a multipart body. */
export function isMime(text: string): boolean {
  return (
    /^(?:MIME-Version|Content-[A-Za-z-]+|From|To|Date|Subject|Received|Return-Path|Message-ID|X-[\w-]+)[ \t]*:/i.test(
      text,
    ) || /^--[^\s-][^\r\n]{0,70}\r?\n(?:Content-[A-Za-z-]+[ \t]*:|\r?\n)/i.test(text)
  );
}

// gzip, zip, zstd, bzip2, xz, zlib.
const compressed = [
  [0x1f, 0x8b],
  [0x50, 0x4b, 3, 4],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x78, 0x9c],
];
// "UNA", "UNB" and "<?xm" in EBCDIC.
const ebcdic = [
  [0xe4, 0xd5, 0xc1],
  [0xe4, 0xd5, 0xc2],
  [0x4c, 0x6f, 0xa7, 0x94],
];
const beginsWith = (head: Uint8Array, beginnings: readonly (readonly number[])[]) =>
  beginnings.some((beginning) => beginning.every((byte, at) => head[at] === byte));

/** Whether bytes are compressed, judged by their magic number. */
export const isCompressed = (head: Uint8Array) => beginsWith(head, compressed);
/** Whether bytes are EDIFACT or XML in EBCDIC. */
export const isEbcdic = (head: Uint8Array) => beginsWith(head, ebcdic);
