import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  runningEmbeddedPostgres,
  startEmbeddedPostgres,
  startThrowawayPostgres,
} from "./embedded-postgres.ts";

const source = JSON.stringify(new URL("embedded-postgres.ts", import.meta.url).href);
const isRoot = process.getuid?.() === 0;
let base: string;
let dataDir: string;

beforeAll(async () => {
  base = await mkdtemp(join(await realpath(tmpdir()), "embedded-"));
  // As root this folder is private, like a checkout in root's home: data and binaries must go elsewhere.
  dataDir = join(base, "data");
});
afterAll(async () => {
  if (existsSync(join(dataDir, "postgres")))
    await rm(await realpath(join(dataDir, "postgres")), { recursive: true });
  await rm(base, { recursive: true });
});

type Owner = { child: ChildProcess; pid: number; url: string };

/** A separate process that starts a server and then idles, to be killed. */
async function ownerProcess(call: string): Promise<Owner> {
  const program = `import * as embedded from ${source};
const { pid, url } = await embedded.${call};
console.log(JSON.stringify({ pid, url }));
setInterval(() => {}, 1000);`;
  const words = ["--input-type=module", "-e", program];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout as NodeJS.ReadableStream, "data");
  const { pid, url } = JSON.parse(String(line));
  return { child, pid, url };
}

function isRunning(pid: number): boolean {
  try {
    // A zombie process has no command line.
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`).length > 0;
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await pause(20);
}

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

/** The shell that ends the server when its owner is gone. */
async function watcherOf(pid: number): Promise<number> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // A process can end between the listing and the reading.
    const words = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (words.includes(`\0end-with-owner\0${pid}\0`)) return Number(name);
  }
  throw new Error(`no process watches for server ${pid}`);
}

/** Starts a server on `dataDir`, runs `work`, stops it. */
async function withServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  const server = await startEmbeddedPostgres(dataDir);
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}
const kept = (url: string) => ask(url, "select note from kept order by note");

test("a first start creates a durable UTF-8 database, and a later start keeps the data", async () => {
  await withServer(async (url) => {
    const facts = await ask(
      url,
      `select current_setting('fsync'), pg_encoding_to_char(encoding), datlocale, current_setting('listen_addresses')
       from pg_database where datname = current_database()`,
    );
    expect(facts).toEqual(["on", "UTF8", "da-DK", "127.0.0.1"]);
    await ask(url, "create table kept (note text)");
    await ask(url, "insert into kept values ('first')");
  });
  expect(await withServer(kept)).toEqual(["first"]);
});

test("the password is readable by its owner only", async () => {
  expect((await stat(join(dataDir, "postgres-password"))).mode & 0o777).toBe(0o600);
});

test("a second process on the same data is refused, and a second program gets the address", async () => {
  expect(await runningEmbeddedPostgres(dataDir)).toBeUndefined();
  await withServer(async (url) => {
    await expect(startEmbeddedPostgres(dataDir)).rejects.toThrow("in use by another process");
    expect(await runningEmbeddedPostgres(dataDir)).toBe(url);
  });
  expect(await runningEmbeddedPostgres(dataDir)).toBeUndefined();
});

test("the server ends when its owner is killed with SIGKILL", async () => {
  const owner = await ownerProcess(`startEmbeddedPostgres(${JSON.stringify(dataDir)})`);
  owner.child.kill("SIGKILL");
  await untilGone(owner.pid);
  expect(await withServer(kept)).toEqual(["first"]);
});

test.skipIf(process.platform !== "linux")(
  "a server that outlived its owner and its watcher is ended by the next start, with nothing lost",
  async () => {
    const owner = await ownerProcess(`startEmbeddedPostgres(${JSON.stringify(dataDir)})`);
    await ask(owner.url, "insert into kept values ('before the crash')");
    process.kill(await watcherOf(owner.pid), "SIGKILL");
    owner.child.kill("SIGKILL");
    await once(owner.child, "exit");
    expect(isRunning(owner.pid)).toBe(true);
    expect(await withServer(kept)).toEqual(["before the crash", "first"]);
    expect(isRunning(owner.pid)).toBe(false);
  },
);

test.skipIf(process.platform !== "linux")(
  "committed rows survive the death of every process at once",
  async () => {
    const owner = await ownerProcess(`startEmbeddedPostgres(${JSON.stringify(dataDir)})`);
    await ask(owner.url, "insert into kept values ('crashed')");
    const watcher = await watcherOf(owner.pid);
    for (const pid of [owner.pid, watcher]) process.kill(pid, "SIGKILL");
    owner.child.kill("SIGKILL");
    await once(owner.child, "exit");
    expect(await withServer(kept)).toEqual(["before the crash", "crashed", "first"]);
  },
);

test("a process id reused by another program does not block the start, and that program is not touched", async () => {
  const bystander = spawn("sleep", ["60"], { stdio: "ignore" });
  const path = join(await realpath(join(dataDir, "postgres")), "postmaster.pid");
  await writeFile(path, `${bystander.pid}\n/elsewhere\n1\n5432\n\n127.0.0.1\n 1 1\nready   \n`);
  expect(await withServer(kept)).toContain("first");
  expect(isRunning(bystander.pid as number)).toBe(true);
  bystander.kill();
});

test("a missing password and data of another version give a clear message", async () => {
  const password = join(dataDir, "postgres-password");
  await rename(password, `${password}.away`);
  await expect(startEmbeddedPostgres(dataDir)).rejects.toThrow("postgres-password is missing");
  await rename(`${password}.away`, password);
  const version = join(await realpath(join(dataDir, "postgres")), "PG_VERSION");
  await writeFile(version, "17\n");
  await expect(startEmbeddedPostgres(dataDir)).rejects.toThrow("was made by PostgreSQL 17");
  await writeFile(version, "18\n");
  expect(await withServer(kept)).toContain("first");
});

test("the remains of a start killed while creating the data are cleared by the next", async () => {
  const other = join(base, "interrupted");
  await mkdir(join(other, "postgres.new-abc", "data"), { recursive: true });
  await chmod(base, 0o755);
  const server = await startEmbeddedPostgres(other);
  await server.stop();
  await chmod(base, 0o700);
  expect((await readdir(other)).sort()).toEqual([
    "postgres",
    "postgres-password",
    "postgres.lock",
    "postgres.log",
  ]);
});

test.skipIf(!isRoot)(
  "as root in a private folder, the data are put where PostgreSQL's account has access",
  async () => {
    const named = join(dataDir, "postgres");
    expect((await lstat(named)).isSymbolicLink()).toBe(true);
    const { uid, mode } = await stat(await realpath(named));
    expect(uid).not.toBe(0);
    expect(mode & 0o077).toBe(0);
  },
);

/** A data folder as a backup creates it: everything copied, a link to the cluster copied as a link. */
async function copyOf(folder: string, name: string): Promise<string> {
  const copy = join(base, name);
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return copy;
}

test("a copied data folder never touches the original's database, running or not", async () => {
  const data = await realpath(join(dataDir, "postgres"));
  const linked = (await lstat(join(dataDir, "postgres"))).isSymbolicLink();
  const away = linked ? data : join(base, "cluster");
  if (!linked) {
    await rename(data, away);
    await symlink(away, join(dataDir, "postgres"));
  }
  const copy = await copyOf(dataDir, "copy");
  await withServer(async (url) => {
    await expect(startEmbeddedPostgres(copy)).rejects.toThrow("Copy that folder too");
    expect(await ask(url, "select 1")).toEqual([1]);
  });
  await expect(startEmbeddedPostgres(copy)).rejects.toThrow(`the database of ${dataDir}`);

  const cluster = `${away}-copy`;
  execFileSync("cp", ["-a", away, cluster]);
  await rm(join(copy, "postgres"));
  await symlink(cluster, join(copy, "postgres"));
  const second = await startEmbeddedPostgres(copy);
  await ask(second.url, "insert into kept values ('in the copy')");
  await second.stop();
  expect(await withServer(kept)).not.toContain("in the copy");
  await rm(cluster, { recursive: true });
});

test("two links to one cluster run one server", async () => {
  const data = await realpath(join(dataDir, "postgres"));
  await rm(join(data, "sor-data-dir"));
  const copy = await copyOf(dataDir, "second-link");
  await withServer(async (url) => {
    await rm(join(data, "sor-data-dir"));
    await expect(startEmbeddedPostgres(copy)).rejects.toThrow("in use by another process");
    expect(await ask(url, "select 1")).toEqual([1]);
  });
});

test("a data folder that was moved keeps its database", async () => {
  const moved = join(base, "moved");
  await rename(dataDir, moved);
  const server = await startEmbeddedPostgres(moved);
  expect(await kept(server.url)).toContain("first");
  await server.stop();
  await rename(moved, dataDir);
  expect(await withServer(kept)).toContain("first");
});

test("a throwaway server of a killed owner leaves neither process nor folder", async () => {
  const owner = await ownerProcess("startThrowawayPostgres()");
  const [data] = (await ask(owner.url, "show data_directory")) as [string];
  owner.child.kill("SIGKILL");
  await untilGone(owner.pid);
  while (existsSync(join(data, ".."))) await pause(20);
});

test.skipIf(process.platform !== "linux")(
  "a throwaway server that outlived even its watcher is cleared by the next",
  async () => {
    const owner = await ownerProcess("startThrowawayPostgres()");
    const [data] = (await ask(owner.url, "show data_directory")) as [string];
    process.kill(await watcherOf(owner.pid), "SIGKILL");
    owner.child.kill("SIGKILL");
    await once(owner.child, "exit");
    expect(isRunning(owner.pid)).toBe(true);
    const next = await startThrowawayPostgres();
    await next.stop();
    expect(isRunning(owner.pid)).toBe(false);
    expect(existsSync(data)).toBe(false);
  },
);
