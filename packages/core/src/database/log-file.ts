import { copyFile, open, rename, rm, stat, truncate } from "node:fs/promises";

const keptMax = 5;

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

/**
 * When the log at `path` is larger than `bytesMax`, copies its content to `path.1` (the older ones to `.2` up to `.5`) and
 * truncates it: the writing program keeps its open file, which must be in append mode. A line written between copy and truncation
 * is lost, as with logrotate's copytruncate.
 */
export async function rotateLog(path: string, bytesMax: number): Promise<void> {
  if ((await sizeOf(path)) <= bytesMax) return;
  await rm(`${path}.${keptMax}`, { force: true });
  for (let age = keptMax - 1; age >= 1; age -= 1) {
    if ((await sizeOf(`${path}.${age}`)) > 0) await rename(`${path}.${age}`, `${path}.${age + 1}`);
  }
  await copyFile(path, `${path}.1`);
  await truncate(path);
}

/** Opens a log for appending, so that what an earlier run wrote before it crashed is kept; `from` is where this run begins. */
export async function openLog(path: string) {
  const file = await open(path, "a", 0o640);
  return { file, from: (await file.stat()).size };
}

/** The content of a log from byte `from` on; all of it when it was rotated meanwhile. */
export async function readLog(path: string, from: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = size < from ? 0 : from;
    const bytes = Buffer.alloc(Math.min(size - start, 1_000_000));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
