/** The real gateway as a process, with its log discarded, on a free port. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export type BenchGateway = {
  address: string;
  pid: number;
  memoryBytes: () => number;
  end: () => Promise<void>;
};

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (!address || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function untilLive(address: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
    const live = await fetch(`${address}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (live) return;
    await pause(100);
  }
  throw new Error("the gateway does not answer");
}

/** Starts it with these settings and waits until it answers. */
export async function startBenchGateway(
  env: { DATABASE_URL: string; DATA_DIR: string } & Record<string, string>,
): Promise<BenchGateway> {
  const port = await freePort();
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: {
      GATEWAY_PORT: String(port),
      RATE_LIMIT_PER_MINUTE: "1000000000",
      WEBHOOK_PRIVATE_HOSTS: "127.0.0.1",
      ...env,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exited = once(child, "exit");
  const address = `http://127.0.0.1:${port}`;
  await untilLive(address, child);
  return {
    address,
    pid: child.pid ?? 0,
    memoryBytes: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024,
    end: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
