import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { isDatabaseAway } from "@sor/core/database";

/** What was read; `madeAt` says from when a kept copy is, and is null for what was read just now. */
export type Kept<Value> = { value: Value; madeAt: Date | null };

// A visitor of the status page waits no longer than this for a database that hangs.
const patienceMilliseconds = 1500;
// For so long after a failure the copy is shown at once, so that visitors do not each wait for the same database.
const restMilliseconds = 5000;
let restingUntil = 0;

class Late extends Error {}

/** Whether a failure means that the database cannot be asked now: it is away, or did not answer in time. */
export const isUnanswered = (error: unknown) => error instanceof Late || isDatabaseAway(error);

/** What is read, unless that takes longer than 1.5 seconds; rejects then (`isUnanswered`). */
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

// What was written last, and when: it is written again when it says something else, and once a minute, so that its age tells.
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
 * Gives what `read` reads from the database; while the database is away, or does not answer within 1.5 seconds, what it gave
 * last for `key`, also before a restart. `isKept` says which values are worth keeping, all when absent. Throws as `read` does when
 * nothing was kept, and for every other fault.
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
