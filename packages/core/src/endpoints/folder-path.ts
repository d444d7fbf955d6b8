export type FolderFault = "not-a-path";

const segment = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const depthMost = 4;

/**
 * Why a text cannot be the path of a folder; undefined when it can: one to four names of letters, digits, `-` and `_`, with `/`
 * between. It lies below a directory of the supplier's own, so no text leads to another's.
 */
export function findFolderFault(path: string): FolderFault | undefined {
  const names = path.split("/");
  return names.length <= depthMost && names.every((name) => segment.test(name)) ? undefined : "not-a-path";
}
