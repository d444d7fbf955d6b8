import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { lockFolder, rotateLog, startEmbeddedPostgres } from "@sor/core/database";
import { holdKeyring, keySettings, loadKeyring } from "@sor/core/vault";
import { authSecretIn } from "./auth-secret.ts";
import type { Config } from "./config.ts";
import { sendDemoMessages } from "./demo-messages.ts";
import { demoGreeting } from "./greeting.ts";
import { prepareDatabase, prepareDemo } from "./prepare-database.ts";
import { type Mode, programs } from "./programs.ts";
import { startProgram, waitUntilLive } from "./supervise.ts";

type Stopper = () => Promise<void>;
const stoppers: Stopper[] = [];
let isStopping = false;

/** Stops what is running, last started first, and ends this process. */
async function stopAll(code: number, why: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  console.log(why);
  for (const stop of stoppers.reverse()) {
    await stop().catch((error: Error) => {
      code = 1;
      console.error(error.message);
    });
  }
  console.log("Stopped");
  process.exit(code);
}

function watchForTheEnd(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stopAll(0, `Stopping (${signal})`));
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stopAll(1, "Stopping: the process that started this one is gone");
  }, 500).unref();
}

async function claimFolder(config: Config): Promise<void> {
  await mkdir(config.dataDir, { recursive: true });
  const lock = lockFolder(config.dataDir);
  if (!lock)
    throw new Error(`DATA_DIR ${config.dataDir} is in use by another start; stop that, or set DATA_DIR.`);
  stoppers.push(async () => lock.release());
}

type DatabaseUrls = { url: string; programUrl: string };

async function startDatabase(config: Config): Promise<DatabaseUrls> {
  if (config.databaseUrl) return { url: config.databaseUrl, programUrl: config.databaseUrl };
  const starting = startEmbeddedPostgres(config.dataDir);
  // Registered before it runs: a signal during the start must not leave a half-started server behind.
  stoppers.push(() =>
    starting.then(
      ({ stop }) => stop(),
      () => undefined,
    ),
  );
  const postgres = await starting;
  void postgres.ended.then((how) => stopAll(1, how));
  return postgres;
}

// Created once here, so that both programs and the demo use the same; checked here, so that faults are reported at once.
function findKeys({ dataDir, isDemo, databaseUrl }: Config): void {
  const mayMake = isDemo || databaseUrl === undefined;
  holdKeyring(loadKeyring({ ...keySettings(process.env), dataDir, mayMake }));
}

async function startPrograms(config: Config, databaseUrl: string, mode: Mode): Promise<void> {
  const secret = config.authSecret ?? (await authSecretIn(config.dataDir));
  const started = [];
  for (const program of programs(config, databaseUrl, secret, mode)) {
    const running = await startProgram(program);
    stoppers.push(running.stop);
    void running.ended.then((how) => stopAll(1, how));
    started.push({ program, running });
  }
  for (const { program, running } of started) {
    await waitUntilLive(program, running);
    console.log(`${program.name.padEnd(8)} ${program.live.replace("/livez", "")}  (log: ${program.log})`);
  }
}

/** Checks once a minute, and at once, so that the log of an earlier run is rotated before more is appended. */
async function keepLogsSmall(config: Config): Promise<void> {
  const names = ["postgres.log", "gateway.log", "portal.log"];
  const rotate = async () => {
    for (const name of names) await rotateLog(join(config.dataDir, name), config.logBytesMax);
  };
  await rotate();
  setInterval(() => void rotate().catch((error: Error) => console.error(error.message)), 60_000).unref();
}

async function startEverything(config: Config, mode: Mode): Promise<void> {
  await claimFolder(config);
  await keepLogsSmall(config);
  const { url, programUrl } = await startDatabase(config);
  await prepareDatabase(config, url);
  findKeys(config);
  await prepareDemo(config, url);
  await startPrograms(config, programUrl, mode);
  await sendDemoMessages(config, new Date());
  for (const line of await demoGreeting(config, new Date())) console.log(line);
  console.log("\nCtrl-C stops everything.");
}

/** Runs the whole system until it is stopped, or until one of its parts ends on its own. */
export async function runSystem(config: Config, mode: Mode): Promise<void> {
  watchForTheEnd();
  await startEverything(config, mode).catch((error: Error) => stopAll(1, error.message));
}
