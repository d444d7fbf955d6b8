import { setTimeout as pause } from "node:timers/promises";
import { closeDatabase, openDatabase } from "@sor/core";
import { actorForKey, actorsForKeys } from "@sor/core/access";
import { errorForLog, followDatabaseClock } from "@sor/core/database";
import { followRoutingTable } from "@sor/core/routing";
import { holdKeyring, loadKeyring } from "@sor/core/vault";
import pino from "pino";
import { type Config, readConfig } from "./config.ts";
import { collectProcessMetrics, createMetrics } from "./metrics/index.ts";
import { retryHintsOf } from "./retry-rule.ts";
import { waitForSchema } from "./schema-guard.ts";
import { closeServer, createGatewayServer, createManagementServer, listen } from "./server.ts";
import { startTracing } from "./tracing/index.ts";
import { createAnnouncer, startWorkers, type Workers } from "./workers/index.ts";

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

function holdKeysOrExit(settings: Config): void {
  try {
    const mayMake = settings.DEMO || settings.NODE_ENV !== "production";
    holdKeyring(loadKeyring({ ...settings, dataDir: settings.DATA_DIR, mayMake }));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

const config = configOrExit();
holdKeysOrExit(config);
const destination = pino.destination({ dest: 1, minLength: 4096, sync: false });
const serializers = { err: (error: unknown) => errorForLog(error) };
const log = pino({ level: config.LOG_LEVEL, base: { program: "gateway" }, serializers }, destination);
const flushing = setInterval(() => destination.flush(), 500);
flushing.unref();

const db = openDatabase(config.DATABASE_URL, {
  connectionsMax: config.DATABASE_CONNECTIONS_MAX,
  onConnectionLost: (error) => log.warn({ err: error }, "database connection lost"),
});
const databaseClock = followDatabaseClock(db, {
  skewSecondsMax: config.CLOCK_SKEW_SECONDS_MAX,
  onProblem: (error) => log.warn({ err: error }, "clock not compared with the database's; trying again"),
});
const routing = await followRoutingTable({
  url: config.DATABASE_URL,
  db,
  dataDir: config.DATA_DIR,
  saveEverySeconds: config.SNAPSHOT_MINUTES * 60,
  retry: retryHintsOf(config),
  clock: () => databaseClock.now(),
  onProblem: (what, error) => log.warn({ err: error }, `routing table: ${what} failed`),
});
const metrics = createMetrics();
const tracing = await startTracing(process.env, (problem) => log.warn({ problem }, "tracing"));
collectProcessMetrics(metrics);
const stopping = new AbortController();
const deps = {
  config,
  db,
  routing,
  metrics,
  refusals: { interchanges: 0 },
  log,
  tracing,
  clock: () => databaseClock.now(),
  databaseClock,
  announce: createAnnouncer({ db, log }),
  findKey: (key: string, now: Date) => actorForKey(db, key, now),
  currentActors: (actors: readonly { id: string }[], now: Date) =>
    actorsForKeys(
      db,
      actors.map(({ id }) => id),
      now,
    ),
  stopping: stopping.signal,
};
// Wait for the clock check before the first answers; without a database waiting longer would not help.
await Promise.race([databaseClock.compare(), pause(2000, undefined, { ref: false })]);
const server = createGatewayServer(deps);
const management = config.MANAGEMENT_PORT === undefined ? undefined : createManagementServer(deps);
if (management) {
  log.info(
    { management: await listen(management, config.MANAGEMENT_PORT ?? 0, config.HOST) },
    "management listens",
  );
}
const address = await listen(server, config.GATEWAY_PORT, config.HOST);
log.info({ address, sequence: routing.table.sequence, pairs: routing.table.pairCount }, "gateway listens");
let workers: Workers | undefined;
const working = waitForSchema(db, log, stopping.signal).then((isFit) => {
  if (isFit) workers = startWorkers(deps);
});

/** Keeps answering for a while, so that load balancers that poll /readyz stop sending; a second signal ends it at once. */
const drained = new AbortController();
const drain = () =>
  pause(config.DRAIN_SECONDS * 1000, undefined, { signal: drained.signal }).catch(() => undefined);

async function stop(signal: string): Promise<void> {
  log.info({ signal }, "gateway stops");
  stopping.abort();
  await working;
  await Promise.all([workers?.stop(), drain()]);
  await closeServer(server);
  if (management) await closeServer(management);
  await tracing?.stop();
  databaseClock.stop();
  await routing.stop();
  await closeDatabase(db);
  clearInterval(flushing);
  destination.flushSync();
}
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) return drained.abort();
    stop(signal).catch((error: unknown) => {
      console.error(errorForLog(error));
      process.exit(1);
    });
  });
}
