import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { LoadedTable } from "./load-routing-table.ts";
import { decodeTable, encodeTable } from "./table-codec.ts";

const magic = "SORROUT3";
/** Follows the magic, as text of fixed length: until when the table was known to be current. Updated in place. */
const timeBytes = 24;
const headBytes = magic.length + timeBytes;
const checksumBytes = 32;
const fileBytesMax = 4_000_000_000;

/**
 * Saves a table atomically: writes a file beside it, syncs it and renames it. The table's content is captured at once; changes
 * made while writing are not included. `freshAt` is when the table was last known to be current.
 */
export async function saveTableFile(path: string, loaded: LoadedTable, freshAt: Date): Promise<void> {
  const parts = encodeTable(loaded);
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.tmp`;
  const file = await open(beside, "w", 0o600);
  try {
    const checksum = createHash("sha256");
    await file.write(magic + freshAt.toISOString());
    for (const part of parts) {
      const bytes = typeof part === "function" ? part() : part;
      const length = Buffer.alloc(8);
      length.writeDoubleLE(bytes.byteLength);
      checksum.update(length).update(bytes);
      await file.write(length);
      await file.writev([bytes]);
    }
    await file.write(checksum.digest());
    await file.sync();
    await file.close();
    await rename(beside, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(beside, { force: true });
    throw error;
  }
}

/** Records in a file that its table is still current, without rewriting the table. */
export async function renewTableFile(path: string, freshAt: Date): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.write(freshAt.toISOString(), magic.length);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Reads a saved table; undefined when there is none. Throws when the file is damaged or of another format version. */
export async function readTableFile(path: string): Promise<(LoadedTable & { freshAt: Date }) | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!bytes) return undefined;
  if (bytes.subarray(0, magic.length).toString() !== magic)
    throw new Error("the saved table is of another make");
  const body = bytes.subarray(headBytes, -checksumBytes);
  const checksum = createHash("sha256").update(body).digest();
  const freshAt = new Date(bytes.subarray(magic.length, headBytes).toString("latin1"));
  const isWhole = bytes.length <= fileBytesMax && checksum.equals(bytes.subarray(-checksumBytes));
  if (!isWhole || Number.isNaN(freshAt.getTime())) throw new Error("the saved table is damaged");
  return { ...decodeTable(partsOf(body)), freshAt };
}

function partsOf(body: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const length = body.readDoubleLE(at);
    parts.push(body.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return parts;
}
