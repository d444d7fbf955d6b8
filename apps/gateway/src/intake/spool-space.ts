import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config.ts";

/** Directory where bodies are spooled. */
export const spoolFolder = (config: Pick<Config, "DATA_DIR">) => join(config.DATA_DIR, "spool");

/** Free bytes there now; the folder is created when it is missing. Throws errors of the file system. */
export async function freeSpoolBytes(config: Pick<Config, "DATA_DIR">): Promise<number> {
  const folder = spoolFolder(config);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
