import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGzip, createZstdCompress } from "node:zlib";
import { type Encoding, encodeText } from "../datasets/index.ts";

const bufferCharacters = 128 * 1024;
const beginningCharacters = 4000;

export type Written = { bytes: number; sha256: string };

/** Writes text to a new file in the encoding, a buffer at a time; `close` flushes it to disk, and tells how it begins. */
export async function openSink(path: string, encoding: Encoding) {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "wx");
  const hash = createHash("sha256");
  let waiting = "";
  let bytes = 0;
  let beginning = "";
  const flush = async () => {
    if (bytes === 0) beginning = waiting.slice(0, beginningCharacters);
    const piece = encodeText(waiting, encoding);
    waiting = "";
    hash.update(piece);
    bytes += piece.byteLength;
    await writeAll(file, piece);
  };
  return {
    write: async (text: string): Promise<void> => {
      waiting += text;
      if (waiting.length >= bufferCharacters) await flush();
    },
    close: async (): Promise<Written & { beginning: string }> => {
      await flush();
      await file.sync();
      await file.close();
      return { bytes, sha256: hash.digest("hex"), beginning };
    },
    abandon: () => file.close(),
  };
}
export type Sink = Awaited<ReturnType<typeof openSink>>;

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    done += (await file.write(bytes, done)).bytesWritten;
  }
}

/** A stage that passes bytes on and knows their number and SHA-256. */
export function measured() {
  const hash = createHash("sha256");
  let bytes = 0;
  const stage = new Transform({
    transform: (piece: Buffer, _, done) => {
      hash.update(piece);
      bytes += piece.byteLength;
      done(null, piece);
    },
  });
  return { stage, written: (): Written => ({ bytes, sha256: hash.digest("hex") }) };
}

const packers = {
  gz: () => createGzip({ level: 6 }),
  zst: () => createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
};

/** Writes a file's compressed form beside it, `.gz` or `.zst`, and flushes it to disk. */
export async function packFile(path: string, form: keyof typeof packers): Promise<Written> {
  const { stage, written } = measured();
  const to = createWriteStream(`${path}.${form}`, { flags: "wx", flush: true });
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), packers[form](), stage, to);
  return written();
}

/** Writes a small file as a whole and flushes it to disk. */
export async function writeWhole(folder: string, name: string, content: string): Promise<void> {
  const file = await open(join(folder, name), "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Flushes a folder's entries to disk, so that a name is there after a power cut. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
