import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { type Content, contentOf, partBytes } from "@sor/core/messages";

/** A received body: in memory while it is small, else in an unlinked file. */
export type Spooled = Content & {
  /** The bytes, if they are in memory. */
  bytes: Buffer | undefined;
  close: () => Promise<void>;
};

/** Up to this size a submission is held in memory. */
const heldBytesMax = 256 * 1024;

/**
 * Stores a body: in memory at first, then in a file of the folder. The file is unlinked as soon as it is open, so that it is
 * removed however the process ends. Nothing else reads it, and it is not what makes a submission durable.
 */
export class Spool {
  readonly #folder: string;
  readonly #hash = createHash("sha256");
  #held: Uint8Array[] = [];
  #file: FileHandle | undefined;
  #sizeBytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get isInFile(): boolean {
    return this.#file !== undefined;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.byteLength;
    if (!this.#file && this.#sizeBytes <= heldBytesMax) {
      this.#held.push(bytes);
      return;
    }
    this.#file ??= await openNameless(this.#folder);
    const pieces = [...this.#held, bytes];
    this.#held = [];
    for (const piece of pieces) {
      for (let at = 0; at < piece.byteLength; ) {
        at += (await this.#file.write(piece, at)).bytesWritten;
      }
    }
  }

  /** Releases what was stored. */
  async close(): Promise<void> {
    await this.#file?.close();
  }

  /** The stored body; its `close` must be called. */
  finish(): Spooled {
    const sha256 = this.#hash.digest("hex");
    if (this.#file) return contentOfFile(this.#file, this.#sizeBytes, sha256);
    const bytes = Buffer.concat(this.#held);
    return { ...contentOf(bytes), bytes, close: async () => undefined };
  }
}

function contentOfFile(file: FileHandle, sizeBytes: number, sha256: string): Spooled {
  const read = async (into: Buffer, position: number) => {
    for (let at = 0; at < into.byteLength; ) {
      const { bytesRead } = await file.read(into, at, into.byteLength - at, position + at);
      if (bytesRead === 0) throw new Error("the spool file is shorter than what was written");
      at += bytesRead;
    }
    return into;
  };
  return {
    sizeBytes,
    sha256,
    bytes: undefined,
    async *parts() {
      const part = Buffer.allocUnsafeSlow(partBytes);
      for (let at = 0; at < sizeBytes; at += partBytes)
        yield await read(part.subarray(0, Math.min(partBytes, sizeBytes - at)), at);
    },
    close: () => file.close(),
  };
}

async function openNameless(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}
