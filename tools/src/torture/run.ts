import { chmod, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { closeDatabase, createContext, migrateDatabase, openDatabase } from "@sor/core";
import { createRandom } from "@sor/core/demo";
import { tendDeliveries } from "@sor/core/redirection";
import { testKeys } from "@sor/core/testing/records";
import type { Evidence } from "./judge/evidence.ts";
import { countWaiting, readFacts } from "./judge/facts.ts";
import { planMessages } from "./messages/plan-messages.ts";
import type { World } from "./parts.ts";
import { readLedger } from "./receivers/ledger.ts";
import { type Receivers, startReceivers } from "./receivers/receivers.ts";
import { sendAll } from "./sender.ts";
import { TortureDatabase } from "./world/database.ts";
import { Fleet } from "./world/fleet.ts";
import { freePorts } from "./world/free-ports.ts";
import { type IncidentKind, incidentLanes, runLane, type Scene } from "./world/incidents.ts";
import { buildWorld } from "./world/world.ts";

type RunOptions = {
  seed: number;
  messages: number;
  /** The time over which they are sent. */
  sendSeconds: number;
  diskMegabytes: number;
  /** Called with progress messages for people. */
  say: (line: string) => void;
};

export type RunResult = Evidence & {
  world: World;
  fullDisk: TortureDatabase["fullDisk"];
  failedStarts: number;
  incidents: readonly IncidentKind[];
  /** Messages about the database in the gateways' logs, with their counts. */
  troubles: ReadonlyMap<string, number>;
  seconds: { sending: number; quiet: number };
  folder: string;
};

const deliveryTimeoutSeconds = 2;
/** Five days until expiry, plus the day that a dead letter waits for a person, plus a margin. */
const aheadMilliseconds = (5 + 1.5) * 86_400_000;
const quietSecondsMax = 180;
const failing = 0.35;

/** Settings that shorten waits of days and minutes; all other settings are the defaults. */
const environment = (databaseUrl: string): NodeJS.ProcessEnv => ({
  ...testKeys,
  PATH: process.env.PATH,
  NODE_ENV: "production",
  HOST: "127.0.0.1",
  DATABASE_URL: databaseUrl,
  WEBHOOK_PRIVATE_HOSTS: "127.0.0.1",
  RATE_LIMIT_PER_MINUTE: "10000000",
  DELIVERY_TIMEOUT_SECONDS: String(deliveryTimeoutSeconds),
  RETRY_FIRST_SECONDS: "1",
  RETRY_LONGEST_SECONDS: "5",
  BREAKER_SECONDS: "2",
});

type Stage = {
  options: RunOptions;
  folder: string;
  database: TortureDatabase;
  fleet: Fleet;
  receivers: Receivers;
  world: World;
  scene: Scene;
};

async function setTheStage(options: RunOptions, folder: string): Promise<Stage> {
  const [databasePort = 0, steady = 0, refusing = 0, ...gatewayPorts] = await freePorts(6);
  const database = new TortureDatabase(join(folder, "database"), databasePort, options.diskMegabytes);
  await database.create();
  await migrateDatabase(database.url);
  const db = openDatabase(database.url);
  const gateways = gatewayPorts.map((port) => `http://127.0.0.1:${port}`);
  const ports = { steady, refusing };
  const { world, pausable, moves } = await buildWorld(db, { seed: options.seed, gateways, ports, failing });
  await closeDatabase(db);
  const worldPath = join(folder, "world.json");
  await writeFile(worldPath, JSON.stringify(world), { mode: 0o600 });
  const receivers = await startReceivers(worldPath, join(folder, "ledger.jsonl"));
  const fleet = new Fleet(folder, gatewayPorts, environment(database.url));
  await fleet.startAll();
  const random = createRandom(options.seed * 31);
  const leaseSeconds = deliveryTimeoutSeconds * 2;
  return {
    options,
    folder,
    database,
    fleet,
    receivers,
    world,
    scene: { fleet, database, random, pausable, moves, leaseSeconds },
  };
}

/** Sends everything while incidents happen one after another. */
async function torment(stage: Stage) {
  const { options, scene, world } = stage;
  const threads = planMessages(options.seed, options.messages, world);
  const started = Date.now();
  let share = 0;
  const at = () =>
    `${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s, ${Math.floor(share * 100)} % sent`;
  const lanes = Object.values(incidentLanes).map((kinds, number) =>
    runLane({
      kinds,
      scene: { ...scene, random: createRandom(options.seed * 31 + number) },
      isEnough: () => share === 1 || Date.now() - started > options.sendSeconds * 1000,
      say: (what) => options.say(`${at()}: ${what}`),
    }),
  );
  const sending = sendAll({
    world,
    threads,
    seconds: options.sendSeconds,
    lanes: 24,
    signal: AbortSignal.timeout((options.sendSeconds * 3 + 300) * 1000),
    progress: (done) => {
      share = done;
    },
  });
  const [answers, ...happened] = await Promise.all([sending, ...lanes]);
  const submissions = threads.flatMap((thread) => thread.submissions);
  return { submissions, answers, incidents: happened.flat(), seconds: (Date.now() - started) / 1000 };
}

/** Waits until nothing is pending, at most three minutes: the judge then reports what is stuck. */
async function untilQuiet(stage: Stage, hopeless: readonly string[]): Promise<void> {
  const db = openDatabase(stage.database.url, { connectionsMax: 1 });
  const end = Date.now() + quietSecondsMax * 1000;
  for (let quiet = 0; quiet < 3 && Date.now() < end; await pause(500)) {
    const waiting = (await countWaiting(db, hopeless)) + stage.receivers.underWay();
    quiet = waiting === 0 ? quiet + 1 : 0;
  }
  await closeDatabase(db);
}

/** Simulates the passing of days: messages that are not fetched are given up, and their senders notified. */
async function letDaysPass(stage: Stage): Promise<void> {
  const db = openDatabase(stage.database.url);
  const now = new Date(Date.now() + aheadMilliseconds);
  for (let tended = 1; tended > 0; ) {
    const ctx = createContext(db, { kind: "system", job: "tend" }, now);
    const counts = await tendDeliveries(ctx, { gatewayParty: "SORGATEWAY", limit: 200 });
    tended = Object.values(counts).reduce((sum, count) => sum + count, 0);
  }
  await closeDatabase(db);
}

async function readinessOf(gateway: string): Promise<string> {
  const answer = await fetch(`${gateway}/readyz`);
  return (await answer.text()).trim();
}

const troubleWords = [
  "No space left on device",
  "read-only transaction",
  "ECONNREFUSED",
  "Connection terminated",
  "the database system is",
  "deadlock detected",
];

async function countTroubles(folder: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const logs = (await readdir(folder)).filter((name) => name.endsWith(".log"));
  for (const name of logs) {
    const lines = (await readFile(join(folder, name), "utf8")).split("\n");
    for (const word of troubleWords) {
      const count = lines.filter((line) => line.includes(word)).length;
      if (count > 0) counts.set(word, (counts.get(word) ?? 0) + count);
    }
  }
  return counts;
}

async function runOn(stage: Stage): Promise<RunResult> {
  const { world, receivers, fleet, database, folder, options } = stage;
  const { incidents, seconds, ...sent } = await torment(stage);
  options.say("Everything is mended; what is left is delivered");
  const quietFrom = Date.now();
  receivers.heal();
  await fleet.untilLive();
  const hopeless = world.receivers.filter(({ kind }) => kind === "nobody" || kind === "never");
  await untilQuiet(
    stage,
    hopeless.map(({ gln }) => gln),
  );
  const quiet = (Date.now() - quietFrom) / 1000;
  options.say("Six days pass");
  await letDaysPass(stage);
  await untilQuiet(stage, []);
  const readiness = await Promise.all(world.gateways.map(readinessOf));
  await receivers.stop();
  await fleet.endAll();
  const db = openDatabase(database.url);
  const facts = await readFacts(db);
  await closeDatabase(db);
  return {
    ...sent,
    ledger: readLedger(join(folder, "ledger.jsonl")),
    facts,
    senders: world.senders,
    receivers: world.receivers,
    deaths: fleet.deaths,
    readiness,
    troubles: await countTroubles(folder),
    world,
    fullDisk: database.fullDisk,
    failedStarts: database.failedStarts,
    incidents,
    seconds: { sending: seconds, quiet },
    folder,
  };
}

/** One run of the crash test, from an empty database to the evidence. Its folder with all logs is kept. */
export async function runTorture(options: RunOptions): Promise<RunResult> {
  const folder = await mkdtemp(join(tmpdir(), "sor-torture-"));
  // PostgreSQL's own account needs access to it.
  await chmod(folder, 0o755);
  const stage = await setTheStage(options, folder);
  try {
    return await runOn(stage);
  } finally {
    stage.receivers.kill();
    await stage.fleet.endAll();
    await stage.database.remove();
  }
}
