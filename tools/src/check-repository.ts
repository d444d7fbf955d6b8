import { commitFaults, commitsToCheck } from "./checks/commits.ts";
import { folderFaults } from "./checks/folders.ts";
import { readEntries, readSources, sourcePaths, wordKeys } from "./checks/sources.ts";
import { unusedExports, unusedWords } from "./checks/unused.ts";
import { installedPackages, weightFaults } from "./checks/weight.ts";
import { root } from "./root.ts";

const paths = sourcePaths(root);
const commits = commitsToCheck(root);
const sources = readSources(root);
const packages = installedPackages(root);
const faults = [
  ...commits.flatMap((commit) => commitFaults(commit)),
  ...folderFaults(paths),
  ...weightFaults(packages),
  ...unusedExports(sources, readEntries(root)).map(
    (each) => `${each} is exported, and imported by no other file`,
  ),
  ...unusedWords(wordKeys(root), sources).map((key) => `apps/portal/messages: ${key} is used by no page`),
];

for (const fault of faults) console.error(fault);
console.log(
  `check-repository: ${commits.length} commits, ${paths.length} files, ${packages.length} packages, ${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
