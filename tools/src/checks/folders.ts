import { dirname } from "node:path";

const filesMax = 25;
/** Folders older than the rule, with their size at that time: they may shrink, not grow. */
const largeFolders: Readonly<Record<string, number>> = {
  "apps/portal/src/lib/components": 38,
  // One file of texts for each area of the portal.
  "apps/portal/messages/da": 40,
  "apps/portal/messages/en": 40,
  "apps/portal/src/lib/server": 35,
  "packages/core/src/access": 39,
  "packages/core/src/routing": 27,
  "packages/core/src/testing": 27,
  "packages/edi/src/edifact": 26,
  "packages/edi/src/xml": 30,
};

/**
 * The folders with too many files, among the sources with these paths. Tests are not counted, nor are decision records and
 * migrations, which are numbered.
 */
export function folderFaults(paths: readonly string[], large = largeFolders): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    if (/\.test\.ts$|(?:^|\/)(?:migrations|decisions)\//.test(path)) continue;
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  return [...counts]
    .map(([folder, count]) => ({ folder, count, limit: large[folder] ?? filesMax }))
    .filter(({ count, limit }) => count > limit)
    .map(({ folder, count, limit }) => `${folder} holds ${count} files; the limit is ${limit}`);
}
