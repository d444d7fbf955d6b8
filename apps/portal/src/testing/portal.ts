import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { afterAll } from "vitest";
import { portalFolder } from "./build.ts";

const endWithParent = pathToFileURL(join(portalFolder, "../../scripts/end-with-parent.ts")).href;

export type RunningPortal = { origin: string; process: ChildProcess; stop: () => Promise<number | null> };

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** Starts the built portal as its own process on a database; it is stopped at the end of the test file. */
export async function startPortal(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<RunningPortal> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // With this preload the program ends when its standard input closes, so that a killed test run leaves none behind.
  const child = spawn(process.execPath, ["--import", endWithParent, "server.ts"], {
    cwd: portalFolder,
    env: {
      PATH: process.env.PATH,
      HOST: "127.0.0.1",
      PORTAL_PORT: String(port),
      PORTAL_ORIGIN: origin,
      DATABASE_URL: databaseUrl,
      DEMO: "1",
      SOR_SECRET: "only-for-tests-and-long-enough-to-be-taken",
      NODE_ENV: "production",
      ...env,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null) return child.exitCode;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const [code] = (await ended) as [number | null];
    return code;
  };
  afterAll(stop);
  await untilListening(child);
  return { origin, process: child, stop };
}

function untilListening(child: ChildProcess): Promise<void> {
  const { stdout } = child;
  if (!stdout) throw new Error("the portal has no output to read");
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the portal ended with ${code} before it listened`)));
    createInterface(stdout).on("line", (line) => {
      if (line.includes('"msg":"listening"')) resolve();
      const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0);
      if (level >= 50) process.stderr.write(`${line}\n`);
    });
  });
}
