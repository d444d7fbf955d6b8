import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Entry, Sources } from "./unused.ts";

const leftOut =
  /(?:^|\/)(?:node_modules|build|dist|coverage|\.[^/]+)(?:\/|$)|^apps\/portal\/src\/lib\/words\//;

/** The paths of our own files in the workspaces, relative to the root; found without git, which an archive lacks. */
export function sourcePaths(root: string, endings = "*"): string[] {
  const found = globSync(`{packages,apps,tools}/**/*.${endings}`, {
    cwd: root,
    exclude: (path) => leftOut.test(path),
  });
  return found.filter((path) => !leftOut.test(path)).sort();
}

/** The text of every source that may export or import something. */
export function readSources(root: string): Sources {
  const paths = sourcePaths(root, "{ts,svelte,mjs}");
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

type Json = { name: string; exports?: Record<string, string>; imports?: Record<string, string> };

const readJson = (root: string, path: string) => JSON.parse(readFileSync(join(root, path), "utf8")) as Json;

/** What the workspaces export, and the names by which they import their own files. */
export function readEntries(root: string): Entry[] {
  return globSync("{packages,apps}/*/package.json", { cwd: root }).flatMap((path) => {
    const { name, exports = {}, imports = {} } = readJson(root, path);
    const folder = dirname(path);
    return [
      { name, folder, targets: exports },
      { name: "", folder, targets: imports },
    ];
  });
}

/** The keys of the portal's words. */
export const wordKeys = (root: string): string[] =>
  globSync("apps/portal/messages/da/*.json", { cwd: root }).flatMap((path) =>
    Object.keys(readJson(root, path)),
  );
