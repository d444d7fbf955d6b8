import { join } from "node:path";
import type { Context } from "../context.ts";
import type { SnapshotFacts } from "../datasets/index.ts";
import { deltaLines, findDelta } from "../deltas/index.ts";
import type { Manifest } from "./manifest.ts";
import { listPublished, readManifest } from "./published.ts";
import type { SnapshotFile } from "./schemas.ts";
import { openSink } from "./write-file.ts";

const hour = 3_600_000;
/** The spans of which a delta lies ready: each leads from the newest snapshot that is so old. */
const spans = [
  { name: "8-hours", milliseconds: 8 * hour },
  { name: "day", milliseconds: 24 * hour },
  { name: "week", milliseconds: 7 * 24 * hour },
  { name: "month", milliseconds: 30 * 24 * hour },
] as const;

/** A run may begin some minutes before or after the one that it is compared with. */
const slackMilliseconds = hour / 2;

function findOfAge(manifests: readonly Manifest[], madeAt: Date, milliseconds: number) {
  const latest = madeAt.getTime() - milliseconds + slackMilliseconds;
  return manifests.find((manifest) => Date.parse(manifest.madeAt) <= latest);
}

/**
 * Writes what changed in the named spans into an unfinished snapshot, from its files. A span is left out when no snapshot is so
 * old, and when data changed outside the journal since: then the whole files are loaded.
 */
export async function writeSpans(
  ctx: Context,
  { filesDir, folder, facts }: { filesDir: string; folder: string; facts: SnapshotFacts },
): Promise<SnapshotFile[]> {
  const names = await listPublished(filesDir);
  const manifests = await Promise.all(names.map((name) => readManifest(filesDir, name)));
  const files: SnapshotFile[] = [];
  for (const { name, milliseconds } of spans) {
    const from = findOfAge(manifests, facts.madeAt, milliseconds);
    const touched = from && (await findDelta(ctx.db, from, facts));
    if (!touched) continue;
    const path = `register/deltas/${name}.ndjson`;
    const sink = await openSink(join(folder, path), "utf-8");
    let rows = 0;
    for await (const text of deltaLines(folder, touched, { from, to: facts })) {
      rows += text.split("\n").length - 1;
      await sink.write(text);
    }
    const { bytes, sha256, beginning } = await sink.close();
    const [head = ""] = beginning.split("\n");
    const about = { dataset: `delta-${name}`, path, aliases: [], contentType: "application/x-ndjson" };
    const counted = { rows: rows - 1, replaced: 0, leftOut: 0, sample: head };
    files.push({ ...about, bytes, sha256, ...counted, gzip: null, zstd: null });
  }
  return files;
}
