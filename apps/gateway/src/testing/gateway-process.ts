import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { asProgram, testKeys } from "@sor/core/testing";
import { z } from "zod";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const Line = z.looseObject({ address: z.string().optional(), msg: z.string().optional() });

export type GatewayProcess = {
  pid: number;
  address: string;
  /** All log lines so far. */
  lines: string[];
  /** Sends a signal and returns the exit code, or the signal's name. */
  end(signal?: NodeJS.Signals): Promise<number | string | null>;
};

const spawnGateway = (env: Record<string, string>, program: string[], stdio: StdioOptions) =>
  spawn(process.execPath, program, {
    env: {
      ...{ PATH: process.env.PATH, GATEWAY_PORT: "0", DRAIN_SECONDS: "0", FILES_AT: "never" },
      ...{ ...testKeys, ...env },
      ...(env["DATABASE_URL"] !== undefined && { DATABASE_URL: asProgram(env["DATABASE_URL"]) }),
    },
    stdio,
  });

/** Starts the real program on a free port and waits until it listens. */
export async function startGateway(env: Record<string, string>): Promise<GatewayProcess> {
  return listening(spawnGateway(env, [main], ["ignore", "pipe", "inherit"]));
}

export type WatchedGateway = GatewayProcess & {
  /** Runs an action; returns by how many bytes the live memory of the program rose meanwhile, at the peak. */
  heldDuring(act: () => Promise<void>): Promise<number>;
};

/** The same, but slower, since its live memory is measured all the time (see watch-memory.ts). */
export async function startWatchedGateway(env: Record<string, string>): Promise<WatchedGateway> {
  const watch = ["--import", new URL("./watch-memory.ts", import.meta.url).href];
  const child = spawnGateway(env, [...watch, main], ["ignore", "pipe", "inherit", "ipc"]);
  const asked = async (question: "begin" | "end") => {
    const answered = once(child, "message");
    child.send(question);
    const [bytes] = (await answered) as [number];
    return bytes;
  };
  const heldDuring = async (act: () => Promise<void>) => {
    await asked("begin");
    await act();
    return asked("end");
  };
  return { ...(await listening(child)), heldDuring };
}

async function listening(child: ChildProcess): Promise<GatewayProcess> {
  const lines: string[] = [];
  const exited = once(child, "exit");
  const address = await new Promise<string>((resolve, reject) => {
    if (!child.stdout) return reject(new Error("no output"));
    createInterface({ input: child.stdout }).on("line", (text) => {
      lines.push(text);
      const line = Line.parse(JSON.parse(text));
      if (line.address) resolve(line.address);
    });
    exited.then(([code]) => reject(new Error(`the gateway ended with ${code}`)), reject);
  });
  const end = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    const [code, by] = await exited;
    return code ?? by;
  };
  return { pid: child.pid ?? 0, address, lines, end };
}

/** A gateway that is killed between a request's change and its answer; see dying-gateway.ts for its settings. */
export async function aDyingGateway(env: Record<string, string>) {
  const script = fileURLToPath(new URL("./dying-gateway.ts", import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, ...testKeys, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the gateway ended with ${code ?? signal}`);
  });
  const [line] = (await Promise.race([once(child.stdout, "data"), ended])) as [Buffer];
  ended.catch(() => undefined);
  return { address: line.toString().trim(), child };
}
