/** So much of a run of base64 is given to the parser; no name and no value that is wanted is longer. */
const keptBytes = 64 * 1024;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\t\n\r ";
const isIn = new Uint8Array(256);
for (const letter of alphabet) isIn[letter.charCodeAt(0)] = 1;

/**
 * Finds what a parser need not see: the rest of a long run of base64 and blanks, which is content wherever it stands, in a
 * text, an attribute or a comment; a tag with so many blanks in it is none. The result does not depend on where the input is cut.
 */
export class Base64Runs {
  /** Length of the run at the end of what was taken. */
  #length = 0;

  /** Takes the next bytes of an input; gives which of them can be left out, undefined where all are to be read. */
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
