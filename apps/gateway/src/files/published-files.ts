import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  listPublished,
  type Manifest,
  manifestFile,
  publicKeyFile,
  readManifest,
  signatureFile,
  sumsFile,
} from "@sor/core/snapshots";

/** A file as it lies on disk, with its ready-made compressed forms. */
export type PublishedFile = {
  path: string;
  contentType: string;
  bytes: number;
  /** Names the content: the same bytes have the same tag. */
  tag: string;
  modifiedAt: Date;
  sequence: number;
  snapshot: string;
  packed: { gzip?: { path: string; bytes: number }; zstd?: { path: string; bytes: number } };
};

export type ListedEntry = { name: string; bytes: number | null; modifiedAt: Date | null };

/** The files of one snapshot by their addresses in lower case, and what stands in each folder. */
type Tree = {
  files: ReadonlyMap<string, PublishedFile>;
  folders: ReadonlyMap<string, ReadonlyMap<string, ListedEntry>>;
};

/** The names of snapshots, newest first, and the tree of each. */
export type PublishedFiles = {
  names: () => Promise<readonly string[]>;
  tree: (name: string) => Promise<Tree>;
};

const treesMax = 50;
const tagCharacters = 32;

/** Reads the folder for every request, so that what the API has just named is found; the manifests of snapshots never change. */
export function watchPublished(filesDir: string): PublishedFiles {
  const trees = new Map<string, Promise<Tree>>();
  return {
    names: () => listPublished(filesDir),
    tree: (name) => {
      const known = trees.get(name);
      if (known !== undefined) return known;
      const made = readTree(filesDir, name);
      if (trees.size >= treesMax) trees.clear();
      trees.set(name, made);
      made.catch(() => trees.delete(name));
      return made;
    },
  };
}

async function readTree(filesDir: string, name: string): Promise<Tree> {
  const manifest = await readManifest(filesDir, name);
  const folder = join(filesDir, name);
  const files = new Map<string, PublishedFile>();
  const folders = new Map<string, Map<string, ListedEntry>>([["", new Map()]]);
  const add = (address: string, file: PublishedFile) => {
    files.set(address.toLowerCase(), file);
    list(folders, address, {
      name: address.split("/").at(-1) ?? "",
      bytes: file.bytes,
      modifiedAt: file.modifiedAt,
    });
  };
  for (const { addresses, file } of [
    ...datasetFiles(manifest, folder),
    ...(await ownFiles(manifest, folder)),
  ]) {
    for (const address of addresses) add(address, file);
  }
  return { files, folders };
}

function list(folders: Map<string, Map<string, ListedEntry>>, address: string, entry: ListedEntry): void {
  const steps = address.split("/").slice(0, -1);
  let at = "";
  for (const step of steps) {
    folders.get(at.toLowerCase())?.set(`${step}/`, { name: `${step}/`, bytes: null, modifiedAt: null });
    at = at === "" ? step : `${at}/${step}`;
    if (!folders.has(at.toLowerCase())) folders.set(at.toLowerCase(), new Map());
  }
  folders.get(at.toLowerCase())?.set(entry.name, entry);
}

type Addressed = { addresses: readonly string[]; file: PublishedFile };

function datasetFiles({ files, madeAt, sequence, name }: Manifest, folder: string): Addressed[] {
  const common = { modifiedAt: new Date(madeAt), sequence, snapshot: name };
  return files.flatMap(({ path, aliases, contentType, bytes, sha256, gzip, zstd }) => {
    const onDisk = join(folder, path);
    const packed = {
      ...(gzip && { gzip: { path: `${onDisk}.gz`, bytes: gzip.bytes } }),
      ...(zstd && { zstd: { path: `${onDisk}.zst`, bytes: zstd.bytes } }),
    };
    const file = { ...common, path: onDisk, contentType, bytes, tag: sha256.slice(0, tagCharacters), packed };
    const more = (
      [
        ["gz", gzip, "application/gzip"],
        ["zst", zstd, "application/zstd"],
      ] as const
    ).flatMap(([suffix, form, type]) => {
      if (!form) return [];
      const own = { path: `${onDisk}.${suffix}`, contentType: type, bytes: form.bytes };
      const tag = form.sha256.slice(0, tagCharacters);
      return [{ addresses: [`${path}.${suffix}`], file: { ...common, ...own, tag, packed: {} } }];
    });
    return [{ addresses: [path, ...aliases], file }, ...more];
  });
}

const typesOfOwn = {
  [manifestFile]: "application/json; charset=utf-8",
  [signatureFile]: "text/plain; charset=utf-8",
  [sumsFile]: "text/plain; charset=utf-8",
  [publicKeyFile]: "application/x-pem-file",
};

/** The files that are about a snapshot; their names with the snapshot's name their content. */
async function ownFiles({ madeAt, sequence, name }: Manifest, folder: string): Promise<Addressed[]> {
  const made = Object.entries(typesOfOwn).map(async ([own, contentType]): Promise<Addressed> => {
    const path = join(folder, own);
    const about = { modifiedAt: new Date(madeAt), sequence, snapshot: name, packed: {} };
    const file = { ...about, path, contentType, bytes: (await stat(path)).size, tag: `${name}-${own}` };
    return { addresses: [own], file };
  });
  return await Promise.all(made);
}
