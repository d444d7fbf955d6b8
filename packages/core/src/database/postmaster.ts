import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** The content of a running server's `postmaster.pid`. */
type Postmaster = { readonly pid: number; readonly port: number; readonly isReady: boolean };

/** Parses `postmaster.pid` (PostgreSQL 10 to 18: eight lines); undefined while it is incomplete. */
export function readPostmaster(text: string): Postmaster | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 1 || !Number.isInteger(port)) return undefined;
  return { pid, port, isReady: lines[7] === "ready" };
}

/**
 * What to do about a starting server `pid`: continue when it is ready, give up when it has not begun after a while. One that has
 * begun may be in crash recovery, which takes as long as it takes; killing it would restart the recovery.
 */
export function startVerdict(
  postmaster: Postmaster | undefined,
  pid: number | undefined,
  waited: { seconds: number; secondsMax: number },
): "ready" | "wait" | "give-up" {
  if (postmaster && postmaster.pid === pid) return postmaster.isReady ? "ready" : "wait";
  return waited.seconds < waited.secondsMax ? "wait" : "give-up";
}

/** Whether a command line is that of a server we started on the folder `data`. */
export function isServerOf(data: string, commandLine: readonly string[]): boolean {
  const at = commandLine.indexOf("-D");
  return (commandLine[0] ?? "").endsWith("/postgres") && at > 0 && commandLine[at + 1] === data;
}

/** The postmaster named in `postmaster.pid` in `data`, running or not. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await textOf(join(data, "postmaster.pid"));
  return text === undefined ? undefined : readPostmaster(text);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The command line of a running process; empty when there is no such process. */
async function commandLineOf(pid: number): Promise<string[]> {
  if (process.platform === "linux") return (await textOf(`/proc/${pid}/cmdline`))?.split("\0") ?? [];
  return new Promise((resolve) => {
    execFile("ps", ["-o", "args=", "-p", String(pid)], (error, stdout) =>
      resolve(error ? [] : stdout.trim().split(" ")),
    );
  });
}

/** Ends the server `pid` of the folder `data`: PostgreSQL's fast shutdown, then immediate shutdown, then SIGKILL. */
async function endServer(data: string, pid: number): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    process.kill(pid, signal);
    for (let waited = 0; waited < 10_000; waited += 20) {
      if (!isServerOf(data, await commandLineOf(pid))) return;
      await pause(20);
    }
  }
  throw new Error(`The PostgreSQL server of ${data} (process ${pid}) does not end; end it and start again.`);
}

/**
 * Ends a server that an earlier, killed run left on `data`. The process id in `postmaster.pid` may by now belong to another
 * program or to a zombie; PostgreSQL would take either for a running server, so our own id is written there. PostgreSQL accepts
 * its parent's id, and still checks for processes of the old server attached to its shared memory.
 */
export async function clearOrphan(data: string): Promise<void> {
  const path = join(data, "postmaster.pid");
  const postmaster = await findPostmaster(data);
  if (!postmaster) return;
  if (isServerOf(data, await commandLineOf(postmaster.pid))) await endServer(data, postmaster.pid);
  const left = await textOf(path);
  if (left === undefined) return;
  await writeFile(path, [String(process.pid), ...left.split("\n").slice(1)].join("\n"));
}
