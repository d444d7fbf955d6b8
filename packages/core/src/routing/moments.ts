/** Represents "no end" among 32-bit seconds since 1970. */
export const noEnd = 0xffff_ffff;

/** Whole seconds since 1970, limited to 32 bits. */
export function toSeconds(instant: Date): number {
  return Math.min(noEnd - 1, Math.max(0, Math.floor(instant.getTime() / 1000)));
}

/** RFC 3339 text of seconds since 1970, in UTC, without fraction. */
export function toText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

const texts = new Map<number, string>();

/** JSON of an instant, or null for no end. Cached, since most validity periods begin and end at few distinct instants. */
export function instantJson(seconds: number): string {
  if (seconds === noEnd) return "null";
  const kept = texts.get(seconds);
  if (kept !== undefined) return kept;
  if (texts.size >= 65_536) texts.clear();
  const text = `"${toText(seconds)}"`;
  texts.set(seconds, text);
  return text;
}

/** Whether an interval of seconds (end excluded) contains a second. */
export const holds = (from: number, to: number, at: number) => from <= at && (at < to || to === noEnd);
