import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type FolderLock, lockFolder } from "@sor/core/database";
import type {} from "@sor/core/testing/postgres";

export const portalFolder = fileURLToPath(new URL("../..", import.meta.url));

const sources = ["src", "messages", "static", "compile-words.ts", "vite.config.ts", "package.json"];

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const below = readdirSync(path)
    .filter((name) => name !== "words" && name !== "testing" && !name.endsWith(".test.ts"))
    .map((name) => newest(join(path, name)));
  return Math.max(0, ...below);
}

function isBuildFresh(): boolean {
  const built = join(portalFolder, "build/handler.js");
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  return sources.every((source) => newest(join(portalFolder, source)) <= builtAt);
}

/** Two test runs in one checkout must not build at the same time; the second waits for the first. */
async function holdBuildLock(): Promise<FolderLock> {
  mkdirSync(join(portalFolder, ".svelte-kit"), { recursive: true });
  for (let attempt = 0; attempt < 240; attempt += 1) {
    const lock = lockFolder(join(portalFolder, ".svelte-kit"), "build-lock");
    if (lock) return lock;
    await delay(500);
  }
  throw new Error("another build of the portal has run for two minutes");
}

/** Vitest's globalSetup: the tests run the built portal, so it is rebuilt when a source is newer than the build. */
export default async function setup(): Promise<void> {
  if (isBuildFresh()) return;
  const lock = await holdBuildLock();
  try {
    if (!isBuildFresh()) await promisify(execFile)("pnpm", ["run", "build"], { cwd: portalFolder });
  } finally {
    lock.release();
  }
}
