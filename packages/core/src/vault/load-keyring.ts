import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KeyList, readKeyList } from "./key-list.ts";
import type { Keyring } from "./keyring.ts";

/** Where the keys of a process come from. */
export type KeySources = {
  PAYLOAD_KEY?: string | undefined;
  PAYLOAD_KEY_FILE?: string | undefined;
  INDEX_KEY?: string | undefined;
  INDEX_KEY_FILE?: string | undefined;
  /** Where keys are looked for when no setting names them, and created when `mayMake` is set. */
  dataDir: string;
  /** Whether keys may be created: for development and demos, never where several machines share a database. */
  mayMake: boolean;
};

/** The key settings in an environment; an empty one counts as absent. */
export function keySettings(environment: NodeJS.ProcessEnv): Omit<KeySources, "dataDir" | "mayMake"> {
  const { PAYLOAD_KEY, PAYLOAD_KEY_FILE, INDEX_KEY, INDEX_KEY_FILE } = environment;
  return { PAYLOAD_KEY, PAYLOAD_KEY_FILE, INDEX_KEY, INDEX_KEY_FILE };
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

function readFile(path: string, setting: string): KeyList {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(
      `${setting} names a file that cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return readKeyList(text, setting);
}

// Written atomically, and never over an existing file: several processes may start at the same moment.
function makeFile(path: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `made-${randomBytes(4).toString("hex")}:${randomBytes(32).toString("base64")}\n`, {
    mode: 0o600,
    flag: "wx",
  });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
}

function listOf(name: "PAYLOAD_KEY" | "INDEX_KEY", sources: KeySources): KeyList {
  const [text, file] = [sources[name], sources[`${name}_FILE`]];
  if (text && file) throw new Error(`Set ${name} or ${name}_FILE, not both.`);
  if (text) return readKeyList(text, name);
  if (file) return readFile(file, `${name}_FILE`);
  const path = join(sources.dataDir, name.toLowerCase().replace("_", "-"));
  try {
    statSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (!sources.mayMake) {
      throw new Error(
        `${name} is missing: messages are stored encrypted. Set ${name} or ${name}_FILE to id:base64 with 32 random bytes (openssl rand -base64 32); see docs/operations.md.`,
      );
    }
    mkdirSync(sources.dataDir, { recursive: true });
    makeFile(path);
  }
  return readFile(path, `${name}_FILE`);
}

/** The keys named by the settings, or those of the data folder; throws with a text for the operator when there are none. */
export function loadKeyring(sources: KeySources): Keyring {
  return { payload: listOf("PAYLOAD_KEY", sources), index: listOf("INDEX_KEY", sources) };
}
