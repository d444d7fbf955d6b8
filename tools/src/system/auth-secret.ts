import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The secret that signs sessions: created once per data folder, readable by this account only. */
export async function authSecretIn(dataDir: string): Promise<string> {
  const path = join(dataDir, "auth-secret");
  if (!existsSync(path))
    await writeFile(path, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  return (await readFile(path, "utf8")).trim();
}
