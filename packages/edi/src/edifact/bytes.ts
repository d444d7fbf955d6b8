/** Three-letter tags as one number. */
export const tags = {
  UNA: 0x554e41,
  UNB: 0x554e42,
  UNE: 0x554e45,
  UNG: 0x554e47,
  UNH: 0x554e48,
  UNO: 0x554e4f,
  UNP: 0x554e50,
  UNT: 0x554e54,
  UNZ: 0x554e5a,
} as const;

export const serviceTagHigh = 0x554e;

export const isLineBreak = (byte: number | undefined) => byte === 0x0a || byte === 0x0d;
/** Blank, tab, NUL, and the end-of-file mark 0x1A that old systems append. */
export const isBlank = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x09 || byte === 0 || byte === 0x1a;

const isCapital = (byte: number) => byte >= 0x41 && byte <= 0x5a;
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

export const isAlphanumeric = (byte: number) =>
  isDigit(byte) || isCapital(byte) || (byte >= 0x61 && byte <= 0x7a);

/** The tag at a position, 0 if there is none: one capital, then two capitals or digits. */
export function tagAt(bytes: Uint8Array, at: number): number {
  if (at + 3 > bytes.length) return 0;
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  const third = bytes[at + 2] as number;
  if (!isCapital(first)) return 0;
  if (!isCapital(second) && !isDigit(second)) return 0;
  if (!isCapital(third) && !isDigit(third)) return 0;
  return (first << 16) | (second << 8) | third;
}

/** Whether UNA with its six characters is at a position; it states its own separators and ignores those in use. */
export function isUnaAt(bytes: Uint8Array, at: number): boolean {
  return tagAt(bytes, at) === tags.UNA && at + 9 <= bytes.length && !isAlphanumeric(bytes[at + 3] as number);
}

/** The number of a tag in text form, 0 if it is not a tag. */
export function tagNumber(tag: string): number {
  if (tag.length !== 3) return 0;
  return tagAt(Uint8Array.of(tag.charCodeAt(0), tag.charCodeAt(1), tag.charCodeAt(2)), 0);
}

/** Position of the first byte after a byte order mark, blanks and line breaks. */
export function skipLeading(bytes: Uint8Array, from: number): number {
  const hasMark = bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
  return skipBlanks(bytes, hasMark ? from + 3 : from);
}

/** Position of the first byte after blanks and line breaks. */
export function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (isBlank(bytes[at]) || isLineBreak(bytes[at]))) at++;
  return at;
}

/** Whether a range contains only line breaks. */
export function onlyLineBreaks(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isLineBreak(bytes[at])) return false;
  return true;
}
