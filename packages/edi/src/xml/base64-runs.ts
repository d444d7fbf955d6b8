/** How much of a run of base64 is passed to the parser; no name and no wanted value is longer. */
const keptBytes = 64 * 1024;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\t\n\r ";
const isIn = new Uint8Array(256);
for (const letter of alphabet) isIn[letter.charCodeAt(0)] = 1;

/**
 * Finds bytes that the parser can skip: the rest of a long run of base64 and blanks. In a text, an attribute or a comment such
 * a run is content, and no tag has that many blanks. The result does not depend on where the input is cut.
 */
export class Base64Runs {
  /** Length of the run at the end of the bytes read so far. */
  #length = 0;

  /** Reads the next bytes of an input; returns the range that can be skipped, undefined if there is none. */
  take(bytes: Uint8Array): { from: number; to: number } | undefined {
    let lead = 0;
    while (lead < bytes.length && isIn[bytes[lead] as number] === 1) lead++;
    const from = Math.min(lead, Math.max(0, keptBytes - this.#length));
    if (lead === bytes.length) this.#length += lead;
    else {
      let last = bytes.length;
      while (isIn[bytes[last - 1] as number] === 1) last--;
      this.#length = bytes.length - last;
    }
    return from < lead ? { from, to: lead } : undefined;
  }
}
