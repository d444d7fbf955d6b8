import { readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FolderLock, lockFolder } from "./folder-lock.ts";

const recordName = "sor-data-dir";
const lockName = "sor.lock";

async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The data folder that used the cluster last, if it is not `folder` and still points to this cluster. */
async function otherOwner(data: string, folder: string): Promise<string | undefined> {
  const owner = (await orUndefined(readFile(join(data, recordName), "utf8")))?.trim();
  if (!owner || owner === folder) return undefined;
  return (await orUndefined(realpath(join(owner, "postgres")))) === data ? owner : undefined;
}

/**
 * Claims the database cluster at `data` for the data folder `folder` (both absolute, without symbolic links). Throws with a text
 * for the operator when it belongs to another data folder: a copied data folder contains a link to the cluster of the original.
 */
export async function claimCluster(data: string, folder: string): Promise<FolderLock> {
  const owner = await otherOwner(data, folder);
  if (owner) {
    throw new Error(
      `${join(folder, "postgres")} points to ${data}, the database of ${owner}. Copy that folder too ` +
        `(cp -a, while it is stopped) and let ${join(folder, "postgres")} point to the copy; or remove ${owner}.`,
    );
  }
  const lock = lockFolder(data, lockName);
  if (!lock) throw new Error(`The database in ${data} is in use by another process.`);
  await writeFile(join(data, recordName), `${folder}\n`);
  return lock;
}
