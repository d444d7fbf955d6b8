import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, readdir, readlink, realpath, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeliveryOutcome } from "@sor/core/deliveries";
import { findFolderFault } from "@sor/core/endpoints";

export type FolderFile = {
  /** The operator's setting; undefined: there are no folders. */
  root: string | undefined;
  /** The owner of the directory below the root. */
  supplierId: string;
  /** The endpoint's path below that. */
  path: string;
  deliveryId: string;
  /** Distinguishes two processes that lease the same delivery one after the other. */
  leaseToken: string;
  contentType: string;
  body: Uint8Array | AsyncIterable<Uint8Array>;
  timeoutMilliseconds: number;
};

type FolderResult = { outcome: DeliveryOutcome; latencyMilliseconds: number; responseExcerpt: null };

class FolderError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const extensions: readonly [RegExp, string][] = [
  [/edifact/i, "edi"],
  [/xml/i, "xml"],
  [/json/i, "json"],
];

/** The file name of a delivery: its id, which all attempts share, and an extension by its content type. */
function fileNameOf({ deliveryId, contentType }: Pick<FolderFile, "deliveryId" | "contentType">): string {
  return `${deliveryId}.${extensions.find(([type]) => type.test(contentType))?.[1] ?? "dat"}`;
}

/**
 * Writes a delivery into its folder. The final name appears only when all bytes are on disk, and a second attempt uses the same
 * name. Directories are never created: if one is missing, as when a share is not mounted, the delivery waits. Never throws.
 */
export async function sendFolder(file: FolderFile): Promise<FolderResult> {
  const started = performance.now();
  const done = (outcome: DeliveryOutcome): FolderResult => ({
    outcome,
    latencyMilliseconds: performance.now() - started,
    responseExcerpt: null,
  });
  const late = new AbortController();
  const writing = write(file).then(
    (): DeliveryOutcome => ({ kind: "delivered" }),
    (error: NodeJS.ErrnoException): DeliveryOutcome => ({ kind: "failed", error: error.code ?? "ERROR" }),
  );
  // A write to a hanging share cannot be aborted; if it completes later, it has the same name, so there is no duplicate.
  const timeout = sleep(file.timeoutMilliseconds, undefined, { signal: late.signal }).then(
    (): DeliveryOutcome => ({ kind: "unknown", error: "TIMEOUT" }),
    (): DeliveryOutcome => ({ kind: "unknown", error: "TIMEOUT" }),
  );
  const outcome = await Promise.race([writing, timeout]);
  late.abort();
  return done(outcome);
}

async function write(file: FolderFile): Promise<void> {
  const directory = await openDirectory(file);
  try {
    const base = await baseOf(directory.handle, directory.path);
    await sweep(base, directory.path);
    const temporary = join(base, `.${file.deliveryId}.${file.leaseToken}.part`);
    try {
      await writeWhole(temporary, file.body);
      await rename(temporary, join(base, fileNameOf(file)));
    } catch (error) {
      await unlink(temporary).catch((fault: NodeJS.ErrnoException) => {
        if (fault.code !== "ENOENT") throw error;
      });
      throw error;
    }
    await directory.handle.sync();
  } finally {
    await directory.handle.close();
  }
}

/**
 * Tests that a folder is writable: writes a file under a temporary name, syncs it to disk and removes it. Returns the failure
 * as a code (ENOENT, EACCES, ENOSPC, folder-outside, TIMEOUT). Never throws.
 */
export async function tryFolder(
  folder: Pick<FolderFile, "root" | "supplierId" | "path" | "timeoutMilliseconds">,
): Promise<{ fault: string | null }> {
  const late = new AbortController();
  const trying = touch(folder).then(
    () => ({ fault: null }),
    (error: NodeJS.ErrnoException) => ({ fault: error.code ?? "ERROR" }),
  );
  const timeout = sleep(folder.timeoutMilliseconds, { fault: "TIMEOUT" }, { signal: late.signal }).catch(
    () => ({
      fault: "TIMEOUT",
    }),
  );
  const found = await Promise.race([trying, timeout]);
  late.abort();
  return found;
}

async function touch(folder: Pick<FolderFile, "root" | "supplierId" | "path">): Promise<void> {
  const directory = await openDirectory(folder);
  try {
    const base = await baseOf(directory.handle, directory.path);
    const temporary = join(base, `.${randomUUID()}.${randomUUID()}.part`);
    try {
      await writeWhole(temporary, Buffer.from("test\r\n"));
    } finally {
      await unlink(temporary).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
  } finally {
    await directory.handle.close();
  }
}

async function openDirectory(
  file: Pick<FolderFile, "root" | "supplierId" | "path">,
): Promise<{ handle: FileHandle; path: string }> {
  if (file.root === undefined) throw new FolderError("folder-not-configured");
  if (findFolderFault(file.path) !== undefined) throw new FolderError("folder-outside");
  const path = join(await realpath(file.root), file.supplierId, ...file.path.split("/"));
  if ((await realpath(path)) !== path) throw new FolderError("folder-outside");
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  return { handle: await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path };
}

// On Linux every operation goes through the opened directory, so that it cannot be replaced by a link meanwhile.
async function baseOf(handle: FileHandle, path: string): Promise<string> {
  if (process.platform !== "linux") return path;
  const base = `/proc/self/fd/${handle.fd}`;
  if ((await readlink(base)) !== path) throw new FolderError("folder-outside");
  return base;
}

async function writeWhole(temporary: string, body: FolderFile["body"]): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const out = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
  try {
    await out.writeFile(body);
    await out.sync();
  } finally {
    await out.close();
  }
}

const sweepEveryMilliseconds = 3_600_000;
const sweptAt = new Map<string, number>();
const leftOver = /^\.[0-9a-f-]{36}\.[0-9a-f-]{36}\.part$/;

// Temporary files of a process that was killed while writing; others may be writing now, so only old ones.
async function sweep(base: string, path: string): Promise<void> {
  const now = Date.now();
  if (now - (sweptAt.get(path) ?? 0) < sweepEveryMilliseconds) return;
  sweptAt.set(path, now);
  for (const name of await readdir(base)) {
    if (!leftOver.test(name)) continue;
    try {
      const { mtimeMs } = await stat(join(base, name));
      if (now - mtimeMs > sweepEveryMilliseconds) await unlink(join(base, name));
    } catch (error) {
      // Another process removed it first.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
