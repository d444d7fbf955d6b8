const before = 24;
const after = 36;

/**
 * The bytes around a place on one line and a mark below it; letters and digits are masked as x and 9 unless content may be shown.
 */
export function excerptAt(bytes: Uint8Array, offset: number, showContent: boolean): string {
  const from = Math.max(0, offset - before);
  const to = Math.min(bytes.length, offset + after);
  let text = "";
  for (let at = from; at < to; at++) text += shown(bytes[at] as number, showContent);
  return `${text}\n${" ".repeat(offset - from)}^`;
}

function shown(byte: number, showContent: boolean): string {
  if (byte < 0x20 || (byte >= 0x7f && byte < 0xa0)) return "·";
  const letter = String.fromCharCode(byte);
  if (showContent) return letter;
  if (byte >= 0x30 && byte <= 0x39) return "9";
  return /[A-Za-z\xa0-\xff]/.test(letter) ? "x" : letter;
}
