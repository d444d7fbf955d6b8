import { isAscii } from "node:buffer";

/** Detects UTF-8 in text that is declared as a single-byte encoding: every byte beyond ASCII belongs to a UTF-8 sequence. */
export class Utf8Suspicion {
  /** Byte of the input at which the first sequence begins, -1 if there was none. */
  #firstAt = -1;
  /** Continuation bytes still expected in the current sequence. */
  #expected = 0;
  #isDispelled = false;

  /** Reads the next bytes, the first of which is at `offset` in the input. */
  take(bytes: Uint8Array, offset: number): void {
    if (this.#isDispelled || (this.#expected === 0 && isAscii(bytes))) return;
    for (let at = 0; at < bytes.length; at++) {
      if (!this.#takeByte(bytes[at] as number, offset + at)) {
        this.#isDispelled = true;
        return;
      }
    }
  }

  #takeByte(byte: number, at: number): boolean {
    const isContinuation = byte >= 0x80 && byte < 0xc0;
    if (this.#expected > 0) {
      this.#expected--;
      return isContinuation;
    }
    if (byte < 0x80) return true;
    if (isContinuation || byte < 0xc2 || byte > 0xf4) return false;
    this.#expected = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (this.#firstAt < 0) this.#firstAt = at;
    return true;
  }

  /** Byte of the first character that was written in UTF-8, once everything has been read; -1 if there is none. */
  get foundAt(): number {
    return this.#isDispelled || this.#expected > 0 ? -1 : this.#firstAt;
  }
}
