import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { isDatabaseAway } from "@sor/core/database";

/** A value; `madeAt` is the time of a stored copy, null for a value read just now. */
type Kept<Value> = { value: Value; madeAt: Date | null };

// Longest wait of a visitor for a database that hangs.
const patienceMilliseconds = 1500;
// After a failure the copy is shown without asking the database for this long, so that not every visitor waits.
const restMilliseconds = 5000;
let restingUntil = 0;

class Late extends Error {}

/** Whether an error means that the database is unavailable or did not answer in time. */
export const isUnanswered = (error: unknown) => error instanceof Late || isDatabaseAway(error);

/** Rejects when the read takes longer than 1.5 seconds (`isUnanswered`). */
export function inTime<Value>(reading: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Late("the database did not answer in time"));
    const timer = setTimeout(late, patienceMilliseconds);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function pathOf(dataDir: string, key: string): string {
  return join(dataDir, "last-good", createHash("sha256").update(key).digest("hex"));
}

// The last copy written, and when: written again when it changes, and once a minute, so that its age is meaningful.
const written = new Map<string, { bytes: Buffer; at: number }>();
const rewriteMilliseconds = 60_000;

async function keep(path: string, value: unknown, madeAt: Date): Promise<void> {
  const bytes = serialize(value);
  const before = written.get(path);
  if (before?.bytes.equals(bytes) && Date.now() - before.at < rewriteMilliseconds) return;
  written.set(path, { bytes, at: Date.now() });
  await mkdir(join(path, ".."), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, serialize({ value, madeAt } satisfies Kept<unknown>));
  await rename(draft, path);
}

async function readKept<Value>(path: string): Promise<Kept<Value> | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  return bytes && deserialize(bytes);
}

/**
 * Returns the result of `read`; while the database is unavailable, or does not answer within 1.5 seconds, the last result stored
 * for `key`, also from before a restart. `isKept` selects the values to store, by default all. Rethrows the error of `read` when
 * no copy exists, and every other error.
 */
export async function lastGood<Value>(
  asked: { dataDir: string; key: string; now: Date },
  read: () => Promise<Value>,
  isKept: (value: Value) => boolean = () => true,
): Promise<Kept<Value>> {
  const path = pathOf(asked.dataDir, asked.key);
  const early = Date.now() < restingUntil ? await readKept<Value>(path) : undefined;
  if (early) return early;
  try {
    const value = await inTime(read());
    if (isKept(value)) await keep(path, value, asked.now);
    return { value, madeAt: null };
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    restingUntil = Date.now() + restMilliseconds;
    const kept = await readKept<Value>(path);
    if (!kept) throw error;
    return kept;
  }
}
