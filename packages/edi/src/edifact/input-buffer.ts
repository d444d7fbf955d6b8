import { isLineBreak } from "./bytes.ts";

const none = new Uint8Array(0);

/**
 * The unread end of a stream. A chunk is used in place if nothing is left over; only an incomplete rest is copied, into a
 * buffer that doubles, so that one-byte chunks take linear time.
 */
export class InputBuffer {
  /** The available bytes; `position` is the first unread one. */
  bytes: Uint8Array = none;
  position = 0;
  /** Absolute offset of bytes[0] in the stream. */
  base = 0;
  #own: Uint8Array = none;
  #isOwn = false;

  append(chunk: Uint8Array): void {
    const rest = this.bytes.length - this.position;
    if (rest === 0) {
      this.base += this.position;
      this.bytes = chunk;
      this.position = 0;
      this.#isOwn = false;
      return;
    }
    const needed = rest + chunk.length;
    const tail = this.#isOwn ? this.bytes.length : 0;
    if (this.#isOwn && tail + chunk.length <= this.#own.length) {
      this.#own.set(chunk, tail);
      this.bytes = this.#own.subarray(0, tail + chunk.length);
      return;
    }
    const larger = needed * 2 <= this.#own.length ? this.#own : new Uint8Array(Math.max(4096, needed * 2));
    larger.set(this.bytes.subarray(this.position), 0);
    larger.set(chunk, rest);
    this.#own = larger;
    this.#isOwn = true;
    this.base += this.position;
    this.position = 0;
    this.bytes = larger.subarray(0, needed);
  }
}

/** How many bytes a plain loop searches before the native search takes over: its call costs more than a short loop. */
const nearBytes = 64;

/**
 * Finds the terminator that ends the segment beginning at `start`, searching from `from`; -1 if there is none yet.
 * A released terminator is data; line breaks between a release character and its character do not count.
 */
export function findTerminator(
  bytes: Uint8Array,
  start: number,
  from: number,
  separators: { readonly terminator: number; readonly release: number },
): number {
  const { terminator, release } = separators;
  let at = nextByte(bytes, from, terminator);
  while (at > start && release !== -1 && isReleased(bytes, start, at, release)) {
    at = nextByte(bytes, at + 1, terminator);
  }
  return at;
}

function nextByte(bytes: Uint8Array, from: number, wanted: number): number {
  const near = Math.min(from + nearBytes, bytes.length);
  for (let at = from; at < near; at++) if (bytes[at] === wanted) return at;
  return near === bytes.length ? -1 : bytes.indexOf(wanted, near);
}

function isReleased(bytes: Uint8Array, start: number, at: number, release: number): boolean {
  const before = bytes[at - 1];
  if (before !== release && !isLineBreak(before)) return false;
  let count = 0;
  for (let back = at - 1; back >= start; back--) {
    const byte = bytes[back];
    if (byte === release) count++;
    else if (!isLineBreak(byte)) break;
  }
  return count % 2 === 1;
}
