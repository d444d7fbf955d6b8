import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The limits of an install. */
export const limits = { packages: 246, megabytes: 800 };

type Installed = { readonly name: string; readonly bytes: number };

/** `name@version` of every external package that a lockfile lists, for all platforms. */
export function packagesListed(lockfile: string): string[] {
  const [, section = ""] = /\npackages:\n([\s\S]*?)\n(?=\S)/.exec(lockfile) ?? [];
  return [...section.matchAll(/^ {2}'?([^\s'].*?)'?:$/gm)].map(([, name]) => name as string);
}

/** The disk usage of the files; hard links, as some packages' programs have, count once. */
function bytesBelow(folder: string, seen: Set<number>): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) bytes += bytesBelow(path, seen);
    else if (entry.isFile()) {
      const { ino, blocks } = statSync(path);
      if (!seen.has(ino)) bytes += blocks * 512;
      seen.add(ino);
    }
  }
  return bytes;
}

/**
 * The external packages of the lockfile that are installed here, each once, whatever peers it is linked with. What pnpm keeps
 * for a while after an upgrade is not counted.
 */
export function installedPackages(root: string): Installed[] {
  const store = join(root, "node_modules/.pnpm");
  const folders = readdirSync(store);
  const seen = new Set<number>();
  return packagesListed(readFileSync(join(store, "lock.yaml"), "utf8")).flatMap((name) => {
    const start = name.replaceAll("/", "+");
    const own = folders.filter((folder) => folder === start || folder.startsWith(`${start}_`));
    return own[0] === undefined ? [] : [{ name, bytes: bytesBelow(join(store, own[0]), seen) }];
  });
}

/** By how much these packages exceed the limits. */
export function weightFaults(installed: readonly Installed[]): string[] {
  const megabytes = Math.round(installed.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6);
  const faults: string[] = [];
  if (installed.length > limits.packages)
    faults.push(`${installed.length} packages are installed; the limit is ${limits.packages}`);
  if (megabytes > limits.megabytes)
    faults.push(`the packages take ${megabytes} MB; the limit is ${limits.megabytes}`);
  return faults;
}
