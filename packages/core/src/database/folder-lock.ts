import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A lock held by this process. */
export type FolderLock = { readonly release: () => void };

const sqliteBusy = 5;

/**
 * Takes the lock `name` in `folder` for this process; undefined when another process holds it. The operating system
 * frees it however the process ends, which a file with a process number in it could not promise.
 */
export function lockFolder(folder: string, name = "lock"): FolderLock | undefined {
  const file = new DatabaseSync(join(folder, name));
  try {
    file.exec("pragma busy_timeout = 0; begin exclusive");
    return { release: () => file.close() };
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
}
