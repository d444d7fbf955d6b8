/** How many bytes at the beginning are valid in an encoding whose decoder rejected them (UTF-8 or UTF-16, WHATWG). */
export function rightLength(bytes: Uint8Array, encoding: string): number {
  return encoding === "utf-8" ? rightUtf8(bytes) : rightUtf16(bytes, encoding === "utf-16be" ? 0 : 1);
}

function rightUtf8(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/**
 * Second bytes allowed after a lead byte that does not allow all of them: others would be overlong, surrogates, or beyond
 * Unicode.
 */
const secondBytes: ReadonlyMap<number, readonly [least: number, most: number]> = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** Length of the well-formed sequence at a position, 0 where there is none (Unicode, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  const [least, most] = secondBytes.get(lead) ?? [0x80, 0xbf];
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** `high` is the index of the more significant byte in a pair. */
function rightUtf16(bytes: Uint8Array, high: 0 | 1): number {
  const unitAt = (at: number) => ((bytes[at + high] ?? 0) << 8) | (bytes[at + 1 - high] ?? 0);
  let at = 0;
  while (at + 1 < bytes.length) {
    const unit = unitAt(at);
    const isHigh = unit >= 0xd800 && unit < 0xdc00;
    const isLow = unit >= 0xdc00 && unit < 0xe000;
    const next = isHigh && at + 3 < bytes.length ? unitAt(at + 2) : 0;
    if (isLow || (isHigh && (next < 0xdc00 || next > 0xdfff))) return at;
    at += isHigh ? 4 : 2;
  }
  return at;
}
