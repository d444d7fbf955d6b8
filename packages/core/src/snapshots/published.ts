import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { hasPosition } from "../journal/index.ts";
import { isSnapshotName, type Manifest, manifestFile } from "./manifest.ts";
import { flushFolder } from "./write-file.ts";

const unfinished = ".making-";

/** The names of the snapshots in the folder, newest first; empty when there is no folder yet. */
export async function listPublished(filesDir: string): Promise<string[]> {
  const names = await readdir(filesDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return [];
  });
  return names.filter(isSnapshotName).sort().reverse();
}

/** The manifest of a published snapshot. Throws when there is none of that name. */
export async function readManifest(filesDir: string, name: string): Promise<Manifest> {
  if (!isSnapshotName(name)) throw new RangeError("not the name of a snapshot");
  return JSON.parse(await readFile(join(filesDir, name, manifestFile), "utf8")) as Manifest;
}

/**
 * The newest published snapshot of this journal: one that was made before the database was restored to another history is
 * passed over.
 */
export async function findSnapshotOf(ctx: Context, filesDir: string): Promise<Manifest | undefined> {
  for (const name of await listPublished(filesDir)) {
    const manifest = await readManifest(filesDir, name);
    if (await hasPosition(ctx.db, manifest.position ?? String(manifest.sequence))) return manifest;
  }
  return undefined;
}

/** Makes the folder in which a run writes; what earlier runs left unfinished is removed. */
export async function openUnfinished(filesDir: string, runId: string): Promise<string> {
  await mkdir(filesDir, { recursive: true });
  for (const name of await readdir(filesDir)) {
    if (name.startsWith(unfinished)) await rm(join(filesDir, name), { recursive: true, force: true });
  }
  const folder = join(filesDir, `${unfinished}${runId}`);
  await mkdir(folder);
  return folder;
}

/** Publishes a finished folder under its name: readers see it whole or not at all. */
export async function publish(filesDir: string, folder: string, name: string): Promise<void> {
  await flushFolder(folder);
  await rename(folder, join(filesDir, name));
  await flushFolder(filesDir);
}

/** Removes snapshots by name. Downloads in progress keep their open file. */
export async function removePublished(filesDir: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter(isSnapshotName)) {
    // Renamed first, so that nobody sees a snapshot that lacks some of its files.
    const hidden = join(filesDir, `${unfinished}removed-${name}`);
    await rename(join(filesDir, name), hidden);
    await rm(hidden, { recursive: true, force: true });
  }
}
