import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { afterAll } from "vitest";
import { portalFolder } from "./build.ts";

const endWithParent = pathToFileURL(join(portalFolder, "../../tools/src/system/end-with-parent.ts")).href;
const errorLevel = 50;

export type RunningProgram = {
  process: ChildProcess;
  stop: () => Promise<number | null>;
  /** Its output so far. */
  output: () => string;
};
type Program = { folder: string; main: string; env: Record<string, string>; listening: RegExp };

/** A free port; another program may take it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** Starts one of our programs as a process and waits until its log says that it listens; stopped at the end of the test file. */
export async function startProgram({ folder, main, env, listening }: Program): Promise<RunningProgram> {
  // With this preload the program exits when its standard input closes, so a killed test run leaves no orphan.
  const child = spawn(process.execPath, ["--import", endWithParent, main], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOST: "127.0.0.1",
      DEMO: "1",
      NODE_ENV: "production",
      DRAIN_SECONDS: "0",
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (written += chunk));
  child.stderr?.pipe(process.stderr);
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null) return child.exitCode;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const [code] = (await ended) as [number | null];
    return code;
  };
  afterAll(stop);
  await untilListening(child, listening);
  return { process: child, stop, output: () => written };
}

function untilListening(child: ChildProcess, listening: RegExp): Promise<void> {
  const { stdout } = child;
  if (!stdout) throw new Error("the program has no output to read");
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the program ended with ${code} before it listened`)));
    createInterface(stdout).on("line", (line) => {
      if (listening.test(line)) resolve();
      const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0);
      if (level >= errorLevel) process.stderr.write(`${line}\n`);
    });
  });
}
