import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Program, startProgram, waitUntilLive } from "./supervise.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "supervise-"));
});
afterAll(() => rm(folder, { recursive: true }));

const server = `import { createServer } from "node:http";
const server = createServer((_, answer) => answer.end("ok")).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => { console.log("asked to end"); server.close(); });`;
const deaf = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("deaf now");`;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}

async function planted(name: string, source: string): Promise<Program> {
  const port = await freePort();
  await writeFile(join(folder, `${name}.mjs`), source);
  return {
    name,
    words: [`${name}.mjs`],
    folder,
    environment: { ...process.env, PORT: String(port) },
    log: join(folder, `${name}.log`),
    live: `http://127.0.0.1:${port}/livez`,
  };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await pause(20);
}

test("a serving program is live, and shuts down cleanly when asked", async () => {
  const program = await planted("good", server);
  const running = await startProgram(program);
  await waitUntilLive(program, running);
  await running.stop();
  expect(isRunning(running.pid)).toBe(false);
  expect(await readFile(program.log, "utf8")).toContain("asked to end");
});

test("a program that dies is reported with the end of its log", async () => {
  const program = await planted("bad", `console.error("no such setting: PORTAL"); process.exit(3);`);
  const running = await startProgram(program);
  await expect(waitUntilLive(program, running)).rejects.toThrow(
    /bad ended with code 3[\s\S]*no such setting: PORTAL/,
  );
});

test("a program ends when its supervisor is killed with SIGKILL", async () => {
  const program = await planted("orphan", server);
  const supervisor = `import { startProgram, waitUntilLive } from ${JSON.stringify(new URL("supervise.ts", import.meta.url).href)};
const program = ${JSON.stringify(program)};
const running = await startProgram(program);
await waitUntilLive(program, running);
console.log(running.pid);`;
  await writeFile(join(folder, "supervisor.mjs"), supervisor);
  const child = spawn(process.execPath, [join(folder, "supervisor.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(child.stdout, "data");
  const pid = Number(String(printed).trim());
  expect(isRunning(pid)).toBe(true);
  child.kill("SIGKILL");
  await until(() => !isRunning(pid));
  expect(await readFile(program.log, "utf8")).toContain("asked to end");
});

test("a program that ignores the request to stop is killed", async () => {
  const program = await planted("deaf", deaf);
  const running = await startProgram(program, { stopSecondsMax: 0.3 });
  await until(async () => (await readFile(program.log, "utf8")).includes("deaf now"));
  await running.stop();
  expect(isRunning(running.pid)).toBe(false);
});
