import { isAscii } from "node:buffer";

/** Watches text in a single-byte encoding for being UTF-8 in truth: every byte beyond ASCII belongs to a sequence of UTF-8. */
export class Utf8Suspicion {
  /** Byte of the input at which the first sequence begins, -1 where there has been none. */
  #firstAt = -1;
  /** Continuation bytes of the current sequence that are to come. */
  #expected = 0;
  #isDispelled = false;

  /** Takes the next bytes, the first of which stands at `offset` in the input. */
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

  /** Where the first character stands that was written in UTF-8, once all has been taken; -1 where none was. */
  get foundAt(): number {
    return this.#isDispelled || this.#expected > 0 ? -1 : this.#firstAt;
  }
}
