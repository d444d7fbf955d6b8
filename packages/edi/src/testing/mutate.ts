/** A small pseudo-random number generator (mulberry32), reproducible by its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const telling = [..."'+:?*UNABHTZGEOP0123456789\r\n \0\x1c\x1d\x1f\xef\xbb\xbf\xff\xc3\xa6<>&\"/[]!{}"].map(
  (letter) => letter.charCodeAt(0),
);

/** One mutation of a sample: bytes changed, removed, inserted, doubled or cut off, up to eight times. */
export function mutate(sample: Uint8Array, random: () => number): Uint8Array {
  let bytes = sample;
  const times = 1 + Math.floor(random() * 8);
  for (let time = 0; time < times; time++) bytes = mutateOnce(bytes, random);
  return bytes;
}

function mutateOnce(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * (bytes.length + 1));
  const length = Math.floor(random() * 12);
  const byte =
    random() < 0.7 ? (telling[Math.floor(random() * telling.length)] as number) : Math.floor(random() * 256);
  const before = bytes.subarray(0, at);
  switch (Math.floor(random() * 5)) {
    case 0:
      return joined(before, Uint8Array.of(byte), bytes.subarray(at + 1));
    case 1:
      return joined(before, bytes.subarray(at + length));
    case 2:
      return joined(before, new Uint8Array(length).fill(byte), bytes.subarray(at));
    case 3:
      return joined(before, bytes.subarray(Math.max(0, at - 40), at), bytes.subarray(at));
    default:
      return bytes.slice(0, at);
  }
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
