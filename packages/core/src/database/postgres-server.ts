import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openLog, readLog } from "./log-file.ts";
import type { Account } from "./postgres-account.ts";
import { clearOrphan, findPostmaster, startVerdict } from "./postmaster.ts";

/** What one server needs to run. `durability` "throwaway" trades safety of the data for speed, for tests. */
export type ServerPlace = {
  readonly binaries: string;
  readonly data: string;
  readonly log: string;
  readonly account: Account | undefined;
  readonly durability: "durable" | "throwaway";
  /** Default: a free port. */
  readonly port?: number | undefined;
};
export type Server = {
  readonly port: number;
  readonly pid: number;
  /** Resolves with a description when the server ends unexpectedly. */
  readonly ended: Promise<string>;
  readonly stop: () => Promise<void>;
};

export const superuser = "sor";
const beginSecondsMax = 120;
const passingSecondsMax = 30;
// The last processes of a killed server take a moment to exit; another program can take the port in between.
const passingFaults = /is still in use|Address already in use/;
const endWithOwner = `trap "" INT TERM HUP
while read -r line; do :; done
kill -INT "$1"
[ -n "$2" ] || exit 0
while kill -0 "$1"; do sleep 0.1; done
rm -rf "$2"`;

// Only these: the caller's PGDATA, PGPORT and the like must not reach the server.
const environment = { LC_ALL: "C", TZ: "UTC", PATH: "/usr/local/bin:/usr/bin:/bin" };

function settings(place: ServerPlace, port: number): string[] {
  const common = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    timezone: "UTC",
    log_timezone: "UTC",
    jit: "off",
  };
  const throwaway = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_wal_size: "4GB" };
  const durable = { shared_buffers: "256MB", max_wal_size: "4GB", wal_compression: "on" };
  const chosen = { ...common, ...(place.durability === "durable" ? durable : throwaway) };
  return Object.entries(chosen).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (!address || typeof address === "string") throw new Error("The system gave no TCP port.");
  return address.port;
}

async function run(command: string, words: string[], account: Account | undefined): Promise<void> {
  const child = spawn(command, words, {
    ...account,
    cwd: "/",
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} failed (${code}):\n${output.trim()}`);
}

/**
 * Creates a database cluster at `place.data` (UTF-8, sorted by ICU da-DK) atomically: in a folder beside it that is then renamed.
 */
export async function initialiseData(place: ServerPlace, password: string): Promise<void> {
  const unfinished = `${basename(place.data)}.new-`;
  for (const name of await readdir(dirname(place.data))) {
    if (name.startsWith(unfinished))
      await rm(join(dirname(place.data), name), { recursive: true, force: true });
  }
  const staging = await mkdtemp(`${place.data}.new-`);
  const [data, secret] = [join(staging, "data"), join(staging, "password")];
  try {
    await mkdir(data, { mode: 0o700 });
    await writeFile(secret, `${password}\n`, { mode: 0o600 });
    await chmod(staging, 0o711);
    if (place.account) {
      const { uid, gid } = place.account;
      for (const path of [data, secret]) await chown(path, uid, gid);
    }
    const words = `--username=${superuser} --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-instructions
      --locale-provider=icu --icu-locale=da-DK`.split(/\s+/);
    if (place.durability === "throwaway") words.push("--no-sync");
    await run(
      join(place.binaries, "bin/initdb"),
      ["-D", data, `--pwfile=${secret}`, ...words],
      place.account,
    );
    await rename(data, place.data);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function whyNotStarted(place: ServerPlace, from: number): Promise<string> {
  const lines = (await readLog(place.log, from)).trim().split("\n");
  return `PostgreSQL did not start on ${place.data}. The end of ${place.log}:\n${lines.slice(-8).join("\n")}`;
}

type Attempt = { child: ChildProcess; port: number } | { failedFrom: number };

async function attempt(place: ServerPlace): Promise<Attempt> {
  const port = place.port ?? (await freePort());
  const { file: log, from } = await openLog(place.log);
  const child = spawn(join(place.binaries, "bin/postgres"), ["-D", place.data, ...settings(place, port)], {
    ...place.account,
    cwd: "/",
    env: environment,
    // A separate session: Ctrl-C in a terminal must reach only our process, which stops the database last.
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  await once(child, "spawn");
  await log.close();
  for (let seconds = 0; ; seconds += 0.015) {
    if (child.exitCode !== null || child.signalCode !== null) return { failedFrom: from };
    const waited = { seconds, secondsMax: beginSecondsMax };
    const verdict = startVerdict(await findPostmaster(place.data), child.pid, waited);
    if (verdict === "ready") return { child, port };
    if (verdict === "give-up") break;
    await pause(15);
  }
  child.kill("SIGQUIT");
  return { failedFrom: from };
}

/**
 * A shell that waits until our end of its standard input closes and then ends the server: it survives `kill -9` of our process.
 */
function watchOwner(place: ServerPlace, pid: number): ChildProcess {
  const throwaway = place.durability === "throwaway" ? dirname(place.data) : "";
  const watch = spawn("/bin/sh", ["-c", endWithOwner, "end-with-owner", String(pid), throwaway], {
    ...place.account,
    cwd: "/",
    env: environment,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watch.unref();
  return watch;
}

/**
 * Starts a server on `place.data`, which `initialiseData` created, on 127.0.0.1. A server left over from a killed run is ended
 * first; the caller holds a lock, so that it cannot belong to a live process.
 */
export async function startServer(place: ServerPlace): Promise<Server> {
  await clearOrphan(place.data);
  let started = await attempt(place);
  for (const deadline = Date.now() + passingSecondsMax * 1000; Date.now() < deadline; ) {
    if (!("failedFrom" in started)) break;
    if (!passingFaults.test(await readLog(place.log, started.failedFrom))) break;
    await pause(200);
    started = await attempt(place);
  }
  if ("failedFrom" in started) throw new Error(await whyNotStarted(place, started.failedFrom));
  const { child, port } = started;
  const watch = watchOwner(place, child.pid as number);
  let isStopping = false;
  const exited = once(child, "exit");
  const ended = new Promise<string>((resolve) => {
    exited.then(([code, signal]) => {
      watch.kill("SIGKILL");
      if (!isStopping) resolve(`PostgreSQL ended by itself (${signal ?? `code ${code}`}); see ${place.log}`);
    });
  });
  const stop = async () => {
    isStopping = true;
    child.kill("SIGINT");
    await exited;
  };
  return { port, pid: child.pid as number, ended, stop };
}
