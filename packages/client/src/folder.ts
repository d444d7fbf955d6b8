import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { RegisterCopy } from "./register-copy.ts";

/** What a published version of the folder says of itself. */
type FolderState = {
  position: string;
  sequence: number;
  writtenAt: string;
  files: Record<string, { lines: number; sha256: string; setHash: string }>;
};

const link = "current";
const stateFile = "state.json";
const bufferCharacters = 256 * 1024;

async function writeFlushed(path: string, pieces: Iterable<string>): Promise<string> {
  const file = await open(path, "w");
  const hash = createHash("sha256");
  try {
    let waiting = "";
    const flush = async () => {
      hash.update(waiting);
      await file.writeFile(waiting);
      waiting = "";
    };
    for (const piece of pieces) {
      waiting += piece;
      if (waiting.length >= bufferCharacters) await flush();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

/**
 * Writes the copy as a new version and makes it the current one in one step: a reader of `current` sees a whole version, and a
 * program that is killed leaves the one before. Versions before it are removed.
 */
export async function publishVersion(to: string, copy: RegisterCopy): Promise<FolderState> {
  const version = `version-${String(copy.sequence).padStart(12, "0")}-${Date.now().toString(36)}`;
  const folder = join(to, version);
  await mkdir(folder, { recursive: true });
  const files: FolderState["files"] = {};
  for (const [name, dataset] of copy.datasets) {
    const sha256 = await writeFlushed(join(folder, `${name}.ndjson`), dataset.text());
    files[name] = { lines: dataset.count, sha256, setHash: dataset.setHash };
  }
  const { position, sequence } = copy;
  const state = { position, sequence, writtenAt: new Date().toISOString(), files };
  await writeFlushed(join(folder, stateFile), [`${JSON.stringify(state, null, 1)}\n`]);
  const beside = join(to, `.${link}-${process.pid}`);
  await rm(beside, { force: true });
  await symlink(version, beside);
  await rename(beside, join(to, link));
  for (const name of await readdir(to)) {
    if (name.startsWith("version-") && name !== version)
      await rm(join(to, name), { recursive: true, force: true });
  }
  return state;
}

/** The current version of a folder, read back and compared with what it says; undefined when there is none, or it differs. */
export async function readVersion(to: string): Promise<RegisterCopy | undefined> {
  const folder = join(to, link);
  const text = await readFile(join(folder, stateFile), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as FolderState;
  const copy = new RegisterCopy();
  for (const [name, dataset] of copy.datasets) {
    const file = await open(join(folder, `${name}.ndjson`));
    try {
      for await (const line of file.readLines()) dataset.add(line, []);
    } finally {
      await file.close();
    }
    if (dataset.setHash !== state.files[name]?.setHash) return undefined;
  }
  copy.position = state.position;
  return copy;
}
