import { execFile } from "node:child_process";
import { lstat, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** An account of the operating system by its numeric ids. */
export type Account = { readonly uid: number; readonly gid: number };
type Entry = { readonly uid: number; readonly gid: number; readonly mode: number };

/** Whether `account` may traverse each folder on a path, and read and traverse the last one; access lists are not considered. */
export function mayUse(folders: readonly Entry[], account: Account): boolean {
  return folders.every((folder, place) => {
    const wanted = place === folders.length - 1 ? 0o5 : 0o1;
    const shift = folder.uid === account.uid ? 6 : folder.gid === account.gid ? 3 : 0;
    return ((folder.mode >> shift) & wanted) === wanted;
  });
}

/** `mayUse` for a folder on disk; `path` is absolute and without symbolic links. */
export async function mayUseFolder(path: string, account: Account): Promise<boolean> {
  const folders: Entry[] = [];
  for (let at = path; ; at = dirname(at)) {
    folders.unshift(await stat(at));
    if (at === dirname(at)) return mayUse(folders, account);
  }
}

function numberOf(kind: "-u" | "-g", name: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile("id", [kind, name], (error, stdout) => resolve(error ? undefined : Number.parseInt(stdout, 10)));
  });
}

/**
 * The account that PostgreSQL runs under; undefined for our own. PostgreSQL refuses to run as root, so root uses the owner of
 * existing data, else `postgres`, else `nobody` (initdb needs an account with a name).
 */
export async function postgresAccount(data?: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = data ? await lstat(data) : undefined;
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = await Promise.all([numberOf("-u", name), numberOf("-g", name)]);
    if (uid && gid) return { uid, gid };
  }
  throw new Error(
    "PostgreSQL does not run as root, and this machine has neither the account postgres nor nobody. " +
      "Start as an ordinary user, or name a server in DATABASE_URL.",
  );
}
