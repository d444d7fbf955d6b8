import type { SnapshotFile } from "./schemas.ts";

/** What a snapshot holds: all files are of one journal number. */
export type Manifest = {
  name: string;
  sequence: number;
  /** Where the change feed continues. Absent in snapshots made by an older version of the program. */
  position?: string;
  day: string;
  madeAt: string;
  files: SnapshotFile[];
};

/** The files of every snapshot that are about it, and not of it. */
export const manifestFile = "manifest.json";
export const signatureFile = "manifest.json.sig";
export const sumsFile = "SHA256SUMS";
export const publicKeyFile = "public-key.pem";

const pattern = /^\d{8}T\d{6}Z-\d{10,}$/;

/** The name of a snapshot's folder: names sort as the snapshots were made. */
export function snapshotName(madeAt: Date, sequence: number): string {
  const time = madeAt
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
  return `${time}-${String(sequence).padStart(10, "0")}`;
}

export const isSnapshotName = (name: string): boolean => pattern.test(name);

/** The lines that `sha256sum --check` reads. */
export function sumsOf({ files }: Manifest): string {
  const lines = files.flatMap(({ path, sha256, gzip, zstd }) => [
    `${sha256}  ${path}\n`,
    ...(gzip ? [`${gzip.sha256}  ${path}.gz\n`] : []),
    ...(zstd ? [`${zstd.sha256}  ${path}.zst\n`] : []),
  ]);
  return lines.join("");
}

/** When a snapshot was read, milliseconds since 1970, by its name. */
const madeAtOf = (name: string) =>
  Date.parse(name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, "$1-$2-$3T$4:$5:$6Z"));
const hour = 3_600_000;

/**
 * Which published snapshots are removed: all but the newest of each of the last `days` days, but the newest of each eight hours of
 * the last day, from which the shorter deltas lead, and but the two newest of all: the second may be in the middle of being read.
 * Names are in any order. Pure.
 */
export function outlived(names: readonly string[], newestDays: number): string[] {
  const sorted = names.toSorted().toReversed();
  const newest = madeAtOf(sorted[0] ?? "");
  const kept = new Set<string>(sorted.slice(0, 2));
  const days = new Set<string>();
  const parts = new Set<number>();
  for (const name of sorted) {
    const part = Math.floor(madeAtOf(name) / (8 * hour));
    if (newest - madeAtOf(name) <= 24.5 * hour && !parts.has(part)) {
      parts.add(part);
      kept.add(name);
    }
    const day = name.slice(0, 8);
    if (days.has(day) || days.size >= Math.max(1, newestDays)) continue;
    days.add(day);
    kept.add(name);
  }
  return sorted.filter((name) => !kept.has(name));
}
