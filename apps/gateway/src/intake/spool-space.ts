import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config.ts";

/** Where bodies are spooled. */
export const spoolFolder = (config: Pick<Config, "DATA_DIR">) => join(config.DATA_DIR, "spool");

/** How many bytes are free there now; the folder is made when it is missing. Throws what the file system throws. */
export async function freeSpoolBytes(config: Pick<Config, "DATA_DIR">): Promise<number> {
  const folder = spoolFolder(config);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
