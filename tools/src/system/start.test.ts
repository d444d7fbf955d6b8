import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { root } from "../root.ts";

type Start = { child: ChildProcess; output: () => string; ended: Promise<number | null> };
// The start loads all of core and creates a database; on a busy machine that is slow.
vi.setConfig({ testTimeout: 180_000 });
let dataDir: string;
let ports: string[];
const started: Start[] = [];

/** Unused ports; all are held open while they are chosen, so that no two are the same. */
async function freePorts(count: number): Promise<string[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  const found = probes.map((probe) => String((probe.address() as { port: number }).port));
  await Promise.all(probes.map((probe) => once(probe.close(), "close")));
  return found;
}

/** Starts the whole system as `npm start` does after its preparation. */
function start(settings: Record<string, string> = {}): Start {
  const env = {
    ...process.env,
    GATEWAY_PORT: ports[0],
    PORTAL_PORT: ports[1],
    DATA_DIR: dataDir,
    DEMO_UNITS: "100",
    ...settings,
  };
  const child = spawn(process.execPath, ["tools/src/start.ts"], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk));
  const system = { child, output: () => text, ended: once(child, "exit").then(([code]) => code) };
  started.push(system);
  return system;
}

async function untilUp({ child, output }: Start): Promise<void> {
  while (!output().includes("Ctrl-C stops everything")) {
    if (child.exitCode !== null) throw new Error(`the start ended:\n${output()}`);
    await pause(50);
  }
}

/** Every process with our data folder in its environment or on its command line. */
async function ours(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, "latin1").catch(() => "");
    const [words, environment] = await Promise.all([read("cmdline"), read("environ")]);
    if (words !== "" && (words.includes(data()) || environment.includes(`DATA_DIR=${dataDir}`)))
      found.push(words);
  }
  return found;
}
let clusterPath = "";
const data = () => clusterPath || dataDir;

async function untilNothingRuns(): Promise<void> {
  while ((await ours()).length > 0) await pause(50);
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(await realpath(tmpdir()), "start-"));
  ports = await freePorts(2);
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGTERM");
    await ended;
  }
});
afterAll(async () => {
  if (clusterPath) await rm(clusterPath, { recursive: true, force: true });
  await rm(dataDir, { recursive: true });
});

test("the first start loads demo data and prints a lookup and a message that both work", async () => {
  const system = start();
  await untilUp(system);
  clusterPath = await realpath(join(dataDir, "postgres"));
  const [lookup] = /http:\S+\/v1\/routes\/\d{13}\/\w+/.exec(system.output()) ?? [];
  const found = await fetch(lookup as string);
  expect(found.status).toBe(200);
  const [, key] = /Bearer (\S+)"/.exec(system.output()) ?? [];
  const posted = await fetch(`http://127.0.0.1:${ports[0]}/v1/interchanges`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/edifact" },
    body: await readFile(join(dataDir, "example.edi")),
  });
  expect(posted.status).toBe(202);
  const listed = await fetch(`http://127.0.0.1:${ports[0]}/v1/messages?limit=50`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { items } = (await listed.json()) as { items: { state: string }[] };
  const states = items.map(({ state }) => state);
  expect(states).toEqual(expect.arrayContaining(["delivered", "queued", "rejected"]));
  expect((await fetch(`http://127.0.0.1:${ports[1]}/`)).status).toBe(200);
  expect((await stat(join(dataDir, "demo-accounts.json"))).mode & 0o777).toBe(0o600);

  const second = start({ DATA_DIR: join(dataDir, "other") });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`GATEWAY_PORT ${ports[0]} is taken`);
  expect(second.output()).toContain(`PORTAL_PORT ${ports[1]} is taken`);
  const [gatewayPort = "", portalPort = ""] = await freePorts(2);
  const third = start({ GATEWAY_PORT: gatewayPort, PORTAL_PORT: portalPort });
  expect(await third.ended).toBe(1);
  expect(third.output()).toContain("is in use by another start");

  system.child.kill("SIGTERM");
  expect(await system.ended).toBe(0);
  expect(await ours()).toEqual([]);
});

test("a later start keeps the data; killed with SIGKILL, it leaves no process and the next start comes up", async () => {
  const accounts = readFileSync(join(dataDir, "demo-accounts.json"), "utf8");
  const killed = start();
  await untilUp(killed);
  killed.child.kill("SIGKILL");
  await untilNothingRuns();
  const system = start();
  await untilUp(system);
  expect(readFileSync(join(dataDir, "demo-accounts.json"), "utf8")).toBe(accounts);
  system.child.kill("SIGINT");
  expect(await system.ended).toBe(0);
  expect(await ours()).toEqual([]);
});

test("when one program dies the others are stopped, and the start names it and exits with 1", async () => {
  const system = start();
  await untilUp(system);
  const gateway = await findProgram("src/main.ts");
  process.kill(gateway, "SIGKILL");
  expect(await system.ended).toBe(1);
  expect(system.output()).toContain("The gateway ended by SIGKILL");
  expect(await ours()).toEqual([]);
});

async function findProgram(word: string): Promise<number> {
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, "latin1").catch(() => "");
    const words = await read("cmdline");
    if (words.includes(word) && (await read("environ")).includes(`DATA_DIR=${dataDir}`)) return Number(pid);
  }
  throw new Error(`no process runs ${word}`);
}

test("invalid settings end the start before anything is created", async () => {
  const untouched = join(dataDir, "untouched");
  const system = start({ GATEWAY_PORT: "many", DATA_DIR: untouched, DEMO: "perhaps" });
  expect(await system.ended).toBe(1);
  expect(system.output()).toContain("GATEWAY_PORT must be");
  expect(system.output()).toContain("DEMO must be");
  expect(existsSync(untouched)).toBe(false);
});

test("an unreachable database is reported by its setting, without its password", async () => {
  const [port] = await freePorts(1);
  const DATABASE_URL = `postgresql://sor:very-secret@127.0.0.1:${port}/sor`;
  const system = start({ DATABASE_URL, DATA_DIR: join(dataDir, "remote") });
  expect(await system.ended).toBe(1);
  expect(system.output()).toContain("DATABASE_URL");
  expect(system.output()).not.toContain("very-secret");
});
