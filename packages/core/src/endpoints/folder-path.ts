type FolderFault = "not-a-path";

const segment = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const depthMost = 4;

/**
 * Why a text is not a valid folder path; undefined when it is: one to four names of letters, digits, `-` and `_`, separated by
 * `/`. The path is below the supplier's own directory, so no text leads to another supplier's.
 */
export function findFolderFault(path: string): FolderFault | undefined {
  const names = path.split("/");
  return names.length <= depthMost && names.every((name) => segment.test(name)) ? undefined : "not-a-path";
}
