import { globSync } from "node:fs";

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
