import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  closeDatabase,
  type EmbeddedPostgres,
  openDatabase,
  startThrowawayPostgres,
} from "@sor/core/database";
import { appendEntries } from "@sor/core/journal";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { root } from "../root.ts";

// Each command is a separate process.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
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

/** Runs `npm run admin -- words` in a process on the database; returns the exit code and all output. */
function admin(...words: string[]): Promise<{ code: number; printed: string }> {
  const env = { PATH: process.env.PATH, DATABASE_URL: server.url, DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["tools/src/admin.ts", ...words],
      { cwd: root, env },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), printed: stdout + stderr }),
    );
  });
}

test("only `migrate` migrates the schema; until then every other command says so and changes nothing", async () => {
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

test("the journal is checked by `verify-journal`, also against a noted entry; an invalid entry is named", async () => {
  const db = openDatabase(server.url);
  try {
    const entry = { action: "a", outcome: "done", subjectType: "t", subjectId: "1" } as const;
    const actor = { kind: "system", job: "test" } as const;
    const append = () => db.transaction((tx) => appendEntries(tx, actor, new Date(), [entry, entry, entry]));
    await append();
    const { code, printed } = await admin("verify-journal");
    expect([code, printed]).toEqual([0, expect.stringMatching(/intact: \d+ entries/)]);
    const noted = /--noted=\d+:[0-9a-f]{64}/.exec(printed)?.[0] ?? "";
    const last = await append();
    const other = noted.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    expect(await admin("verify-journal", other)).toEqual({
      ...{ code: 1, printed: expect.stringMatching(/^Entry \d+ of the journal is not as noted\.$/m) },
    });
    await db.execute(`update journal_entries set comment = 'x' where sequence = ${last - 1}`);
    expect(await admin("verify-journal")).toEqual({
      ...{ code: 1, printed: `Entry ${last - 1} of the journal is altered.\n` },
    });
  } finally {
    await closeDatabase(db);
  }
});

test("every command refuses a database not made by this version's migrations, and leaves it unchanged", async () => {
  const db = openDatabase(server.url);
  const applied = () => db.execute("select hash, created_at from drizzle.__drizzle_migrations order by 2");
  try {
    await db.execute("update drizzle.__drizzle_migrations set created_at = created_at - 1");
    const before = await applied();
    for (const words of [["migrate"], ["migrate", "--check"], ["invite", "bente"]]) {
      expect(await admin(...words)).toEqual({
        code: 1,
        printed: expect.stringMatching(/^The database was made by a version before the first release.*\n$/),
      });
    }
    expect((await applied()).rows).toEqual(before.rows);
  } finally {
    await db.execute("update drizzle.__drizzle_migrations set created_at = created_at + 1");
    await closeDatabase(db);
  }
});

test("unknown commands are answered with the usage", async () => {
  for (const words of [[], ["migrate", "--force"], ["verify-journal", "--noted=1:x"]]) {
    expect(await admin(...words)).toEqual({ code: 1, printed: expect.stringContaining("Usage:") });
  }
});
