import { joined } from "./byte-windows.ts";
import { encodingHeadBytes, encodingOf } from "./encodings.ts";

/** Checks text that comes in chunks against its encoding and gives it as UTF-8 without a mark; throws a TypeError where it does not hold. */
export class TextPieces {
  encoding: string | undefined;
  /** Bytes of the input before the text. */
  markLength = 0;
  #head: Uint8Array = new Uint8Array(0);
  #decoder: InstanceType<typeof TextDecoder> | undefined;

  push(bytes: Uint8Array): Uint8Array {
    if (this.#decoder) return this.#checked(bytes, true);
    this.#head = joined(this.#head, bytes);
    return this.#head.length < encodingHeadBytes ? new Uint8Array(0) : this.#begin();
  }

  end(): Uint8Array {
    const first = this.#decoder ? new Uint8Array(0) : this.#begin();
    return joined(first, this.#checked(new Uint8Array(0), false));
  }

  #begin(): Uint8Array {
    const { encoding, markLength } = encodingOf(this.#head) ?? { encoding: "utf-8", markLength: 0 };
    this.encoding = encoding;
    this.markLength = markLength;
    this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    const head = this.#head.subarray(markLength);
    this.#head = new Uint8Array(0);
    return this.#checked(head, true);
  }

  #checked(bytes: Uint8Array, stream: boolean): Uint8Array {
    const text = this.#decoder?.decode(bytes, { stream }) ?? "";
    return this.encoding === "utf-8" ? bytes : new TextEncoder().encode(text);
  }
}
