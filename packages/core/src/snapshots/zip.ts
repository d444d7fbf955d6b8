import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createDeflateRaw } from "node:zlib";
import { measured, type Written } from "./write-file.ts";

type ZipEntry = { name: string; path: string; modifiedAt: Date };

const largest = 0xffff_ffff;
// Sizes follow the content (bit 3), names are UTF-8 (bit 11), content is deflated (PKWARE APPNOTE 4.4).
const flags = 0x0808;
const deflated = 8;
const version = 20;

function dosTime(at: Date): { time: number; date: number } {
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return { time, date };
}

function localHeader({ name, modifiedAt }: ZipEntry): Buffer {
  const { time, date } = dosTime(modifiedAt);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  for (const [at, value] of [version, flags, deflated, time, date].entries())
    head.writeUInt16LE(value, 4 + at * 2);
  head.writeUInt16LE(Buffer.byteLength(name), 26);
  return Buffer.concat([head, Buffer.from(name)]);
}

type Packed = { entry: ZipEntry; crc: number; packed: number; plain: number; offset: number };

function descriptor({ crc, packed, plain }: Packed): Buffer {
  const tail = Buffer.alloc(16);
  for (const [at, value] of [0x08074b50, crc, packed, plain].entries()) tail.writeUInt32LE(value, at * 4);
  return tail;
}

function centralHeader({ entry, crc, packed, plain, offset }: Packed): Buffer {
  const { time, date } = dosTime(entry.modifiedAt);
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  for (const [at, value] of [version, version, flags, deflated, time, date].entries()) {
    head.writeUInt16LE(value, 4 + at * 2);
  }
  for (const [at, value] of [crc, packed, plain].entries()) head.writeUInt32LE(value, 16 + at * 4);
  head.writeUInt16LE(Buffer.byteLength(entry.name), 28);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, Buffer.from(entry.name)]);
}

function endOfDirectory(entries: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

async function* piecesOf(entries: readonly ZipEntry[]): AsyncGenerator<Buffer> {
  const directory: Packed[] = [];
  let offset = 0;
  for (const entry of entries) {
    const done: Packed = { entry, crc: 0, packed: 0, plain: 0, offset };
    const head = localHeader(entry);
    yield head;
    const source = createReadStream(entry.path, { highWaterMark: 256 * 1024 });
    source.on("data", (piece: Buffer | string) => {
      done.crc = crc32(piece, done.crc);
      done.plain += piece.length;
    });
    const packing = source.pipe(createDeflateRaw({ level: 6 }));
    source.on("error", (error) => packing.destroy(error));
    for await (const piece of packing) {
      done.packed += piece.length;
      yield piece;
    }
    const tail = descriptor(done);
    yield tail;
    offset += head.length + done.packed + tail.length;
    directory.push(done);
  }
  const central = Buffer.concat(directory.map(centralHeader));
  yield central;
  yield endOfDirectory(entries.length, central.length, offset);
}

/**
 * Writes files into one zip, in their order, and flushes it to disk. Throws a RangeError when they are more than 4 GiB together:
 * readers of the old kind do not know larger ones.
 */
export async function writeZip(path: string, entries: readonly ZipEntry[]): Promise<Written> {
  let total = 0;
  for (const entry of entries) total += (await stat(entry.path)).size;
  if (total > largest) throw new RangeError("a zip holds at most 4 GiB");
  const { stage, written } = measured();
  await pipeline(
    Readable.from(piecesOf(entries)),
    stage,
    createWriteStream(path, { flags: "wx", flush: true }),
  );
  return written();
}
