import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedPostgres, startThrowawayPostgres } from "../packages/core/src/database/index.ts";
import { root } from "./config.ts";

let server: EmbeddedPostgres;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "admin-schema-"));
  server = await startThrowawayPostgres();
});
afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true });
});

/** Runs `npm run admin -- words` as its own process on the database; gives the exit code and all that it printed. */
function admin(...words: string[]): Promise<{ code: number; printed: string }> {
  const env = { PATH: process.env.PATH, DATABASE_URL: server.url, DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, ["scripts/admin.ts", ...words], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), printed: stdout + stderr }),
    );
  });
}

test("a schema is brought up by `migrate` alone; until then every other command says so and changes nothing", async () => {
  const missing = {
    code: 1,
    printed: expect.stringContaining("has no schema yet: run `npm run admin -- migrate`"),
  };
  expect(await admin("migrate", "--check")).toEqual(missing);
  expect(await admin("invite", "anne")).toEqual(missing);
  expect(await admin("prune")).toEqual(missing);
  expect(await admin("migrate")).toEqual({
    code: 0,
    printed: expect.stringMatching(/all \d+ migrations, \d+ of them applied now/),
  });
  expect(await admin("migrate", "--check")).toEqual({
    code: 0,
    printed: expect.stringMatching(/all \d+ migrations\.\n/),
  });
  expect((await admin("invite", "anne")).printed).toContain("/invitation/");
});

test("words that are no command are answered with the usage", async () => {
  for (const words of [[], ["migrate", "--force"]]) {
    expect(await admin(...words)).toEqual({ code: 1, printed: expect.stringContaining("Usage:") });
  }
});
