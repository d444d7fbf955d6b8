import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type EmbeddedPostgres, openDatabase, startEmbeddedPostgres } from "@sor/core/database";

/** How the disk is filled: a separate file system shrunk to the size of its content, or a setting of PostgreSQL. */
type FullDisk = "tmpfs" | "read-only";

/** The database of a run: a real server that is killed and restarted on the same port and data. */
export class TortureDatabase {
  readonly #folder: string;
  readonly #port: number;
  readonly #megabytes: number;
  readonly fullDisk: FullDisk;
  #server: EmbeddedPostgres | undefined;
  #isMounted = false;
  /** How often a start failed, and the last reason. */
  failedStarts = 0;
  lastFailure = "";

  constructor(folder: string, port: number, megabytes: number) {
    this.#folder = folder;
    this.#port = port;
    this.#megabytes = megabytes;
    this.fullDisk = process.platform === "linux" && process.getuid?.() === 0 ? "tmpfs" : "read-only";
  }

  get url(): string {
    const password = readFileSync(`${this.#folder}/postgres-password`, "utf8").trim();
    return `postgresql://sor:${password}@127.0.0.1:${this.#port}/sor`;
  }

  /** Creates the file system and starts the server for the first time. */
  async create(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    if (this.fullDisk === "tmpfs") {
      mount(["-t", "tmpfs", "-o", `size=${this.#megabytes}m,mode=0755`, "sor-torture", this.#folder]);
      this.#isMounted = true;
      process.on("exit", this.#unmount);
    }
    await this.start();
  }

  /** Starts the server, retrying until it runs: recovery fails while the disk is full. */
  async start(): Promise<void> {
    for (;;) {
      try {
        this.#server = await startEmbeddedPostgres(this.#folder, { port: this.#port });
        return;
      } catch (error) {
        this.failedStarts += 1;
        this.lastFailure = (error as Error).message;
        if (this.failedStarts > 200) throw error;
        await pause(300);
      }
    }
  }

  /** `kill -9` of the postmaster and all its children, or its immediate shutdown. Resolves when all have ended. */
  async kill(how: "SIGKILL" | "SIGQUIT"): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const children = how === "SIGKILL" ? childrenOf(server.pid) : [];
    for (const pid of [server.pid, ...children]) killIfThere(pid, how);
    await server.ended;
    // Unlocks the folder for the next start.
    await server.stop();
    this.#server = undefined;
  }

  /** Whether the server has ended on its own: PostgreSQL exits when it cannot write its log. */
  async restartIfGone(): Promise<boolean> {
    const server = this.#server;
    if (!server) return false;
    const isGone = await Promise.race([server.ended.then(() => true), pause(0, false)]);
    if (!isGone) return false;
    await server.stop();
    await this.start();
    return true;
  }

  async fillDisk(): Promise<void> {
    if (this.fullDisk === "read-only") return await this.#readOnly("on");
    // The content may grow between measuring and the remount, which then fails: measure again, with a little room.
    for (let room = 0; ; room += 65_536) {
      const { bsize, blocks, bfree } = await statfs(this.#folder);
      const size = (blocks - bfree) * bsize + room;
      const refusal = findMountFault(["-o", `remount,size=${size}`, this.#folder]);
      if (!refusal) return;
      if (room > 2 ** 22) throw new Error(refusal);
    }
  }

  async freeDisk(): Promise<void> {
    if (this.fullDisk === "read-only") return await this.#readOnly("off");
    mount(["-o", `remount,size=${this.#megabytes}m`, this.#folder]);
  }

  async #readOnly(value: "on" | "off"): Promise<void> {
    const db = openDatabase(this.url, { connectionsMax: 1 });
    try {
      await db.$client.query("set default_transaction_read_only = off");
      await db.$client.query(`alter system set default_transaction_read_only = ${value}`);
      await db.$client.query("select pg_reload_conf()");
    } finally {
      await db.$client.end();
    }
  }

  async remove(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
    this.#unmount();
    process.off("exit", this.#unmount);
  }

  readonly #unmount = () => {
    if (this.#isMounted) spawnSync("umount", ["-l", this.#folder]);
    this.#isMounted = false;
  };
}

function findMountFault(words: string[]): string | undefined {
  const { status, stderr } = spawnSync("mount", words, { encoding: "utf8" });
  return status === 0 ? undefined : `mount ${words.join(" ")} failed: ${stderr}`;
}

function mount(words: string[]): void {
  const fault = findMountFault(words);
  if (fault) throw new Error(fault);
}

function childrenOf(pid: number): number[] {
  const found = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return found.stdout.trim().split(/\s+/).filter(Boolean).map(Number);
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
