import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A lock held by this process. */
export type FolderLock = { readonly release: () => void };

const sqliteBusy = 5;
const sqliteCannotOpen = 14;

function openFile(folder: string, name: string): DatabaseSync {
  try {
    return new DatabaseSync(join(folder, name));
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== sqliteCannotOpen) throw error;
    throw new Error(`${folder} (DATA_DIR) cannot be written by this account.`, { cause: error });
  }
}

/**
 * Takes the lock `name` in `folder` for this process; undefined when another process holds it. The operating system releases it
 * when the process ends in any way, unlike a PID file. Throws with a text for the operator when the folder cannot be written.
 */
export function lockFolder(folder: string, name = "lock"): FolderLock | undefined {
  const file = openFile(folder, name);
  try {
    file.exec("pragma busy_timeout = 0; begin exclusive");
    return { release: () => file.close() };
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
}
