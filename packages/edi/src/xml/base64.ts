const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Int16Array(256).fill(-1);
for (let at = 0; at < alphabet.length; at++) values[alphabet.charCodeAt(at)] = at;
for (const blank of [0x20, 0x09, 0x0a, 0x0d]) values[blank] = -2;
const padding = 0x3d;

/** Decodes base64 in ASCII bytes, blanks allowed between (RFC 4648, section 4); undefined if it is not base64. */
export function decodeBase64(bytes: Uint8Array): Uint8Array | undefined {
  const decoded = new Uint8Array(Math.floor((bytes.length * 3) / 4) + 3);
  let length = 0;
  let bits = 0;
  let held = 0;
  let at = 0;
  for (; at < bytes.length; at++) {
    const value = values[bytes[at] as number] as number;
    if (value === -2) continue;
    if (value === -1) break;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      decoded[length++] = (held >> bits) & 0xff;
      held &= (1 << bits) - 1;
    }
  }
  return isRightEnd(bytes, at, bits, held) ? decoded.subarray(0, length) : undefined;
}

/** Decodes base64 pushed in chunks, cut anywhere; zero bytes count as blanks. */
export class Base64Decoder {
  #held = 0;
  #bits = 0;
  #paddings = 0;
  /** Bytes pushed before those being decoded, and the first invalid one of all, -1 if none is. */
  #offset = 0;
  #brokenAt = -1;

  push(bytes: Uint8Array): Uint8Array {
    const decoded = new Uint8Array(Math.floor((bytes.length * 3) / 4) + 3);
    let length = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      const value = byte === 0 ? -2 : (values[byte] as number);
      if (value === -2) continue;
      if (byte === padding) this.#paddings++;
      else if (value === -1 || this.#paddings > 0) this.#break(this.#offset + at);
      else {
        this.#held = (this.#held << 6) | value;
        this.#bits += 6;
        if (this.#bits < 8) continue;
        this.#bits -= 8;
        decoded[length++] = (this.#held >> this.#bits) & 0xff;
        this.#held &= (1 << this.#bits) - 1;
      }
    }
    this.#offset += bytes.length;
    return decoded.subarray(0, length);
  }

  #break(at: number): void {
    if (this.#brokenAt < 0) this.#brokenAt = at;
  }

  /** Number of pushed bytes before the first one that is not base64, or before an invalid end; undefined if all is valid. */
  get faultAt(): number | undefined {
    if (this.#brokenAt >= 0) return this.#brokenAt;
    const isRightEnd = this.#held === 0 && this.#paddings === { 0: 0, 4: 2, 2: 1 }[this.#bits as 0 | 2 | 4];
    return isRightEnd ? undefined : this.#offset;
  }
}

/** Padding must fill the last group exactly, and the unused bits must be zero. */
function isRightEnd(bytes: Uint8Array, from: number, bits: number, held: number): boolean {
  let paddings = 0;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === padding) paddings++;
    else if (values[bytes[at] as number] !== -2) return false;
  }
  return held === 0 && paddings === { 0: 0, 4: 2, 2: 1 }[bits];
}

/** Encodes bytes in base64 without line breaks (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(padding);
  const letter = (value: number) => alphabet.charCodeAt(value & 63);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    encoded[to] = letter(a >> 2);
    encoded[to + 1] = letter((a << 4) | (b >> 4));
    if (at + 1 < bytes.length) encoded[to + 2] = letter((b << 2) | (c >> 6));
    if (at + 2 < bytes.length) encoded[to + 3] = letter(c);
    to += 4;
  }
  return encoded;
}
