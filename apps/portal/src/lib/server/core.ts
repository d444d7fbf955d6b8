import {
  type Context,
  closeDatabase,
  createContext,
  type Database,
  localAddress,
  openDatabase,
} from "@sor/core";
import { type Auth, actorForSession, createAuth } from "@sor/core/access";
import { errorForLog, followDatabaseClock, readSchemaState, schemaFault } from "@sor/core/database";
import type { Shares } from "@sor/core/shares";
import { asksDatabase, asksHttp, startProber } from "@sor/core/status";
import { holdKeyring, loadKeyring } from "@sor/core/vault";
import pino, { type Logger } from "pino";
import { type Config, readConfig } from "../../config.ts";
import { createReads } from "../../long-reads.ts";
import { inTime, isUnanswered } from "./last-good.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { startStaticStatus } from "./static-status/write-files.ts";
import { statusFacts } from "./subscriptions/status-facts.ts";

/** What exists once per process: settings, database pool and its shares, authentication, log, metrics, clock. */
type Core = {
  config: Config;
  db: Database;
  auth: Auth;
  log: Logger;
  metrics: Metrics;
  reads: Shares;
  clock: () => Date;
};

let running: Core | undefined;

/** Opens the database once; it is closed after the server's last answer. */
export function startCore(): Core {
  if (running) return running;
  const config = readConfig();
  holdKeyring(loadKeyring(config.keySources));
  const serializers = { err: (error: unknown) => errorForLog(error) };
  const log = pino({ level: config.logLevel, base: { program: "portal" }, serializers });
  const db = openDatabase(config.databaseUrl, {
    connectionsMax: config.databaseConnectionsMax,
    onConnectionLost: (error) => log.warn({ err: error }, "database connection lost"),
  });
  // Decisions that depend on the time use the clock that all programs share.
  const databaseClock = followDatabaseClock(db, {
    onProblem: (error) => log.warn({ err: error }, "clock not compared with the database's; trying again"),
  });
  const clock = () => databaseClock.now();
  process.once("sveltekit:shutdown", () => {
    databaseClock.stop();
    void closeDatabase(db);
  });
  const auth = createAuth(db, { baseUrl: config.origin, secret: config.secret });
  const reads = createReads(config.databaseConnectionsMax);
  running = { config, db, auth, log, metrics: createMetrics(), reads, clock };
  measureServices(running);
  keepStaticStatus(running);
  void tellOfSchema(db, log);
  return running;
}

/** Logs once when the schema is not this version's; the pages fail until it is. */
async function tellOfSchema(db: Database, log: Logger): Promise<void> {
  const state = await readSchemaState(db).catch(() => undefined);
  const fault = state && schemaFault(state);
  if (fault) log.error(fault);
}

/** Probes gateway, database and portal once a minute, for the status page. */
function measureServices({ config, db, log, clock }: Core): void {
  const contextNow = () => createContext(db, { kind: "system", job: "probe" }, clock());
  const prober = startProber({
    targets: [
      { target: "gateway", ask: asksHttp(`${config.gatewayProbe}/livez`) },
      { target: "database", ask: asksDatabase(contextNow()) },
      { target: "portal", ask: asksHttp(`${localAddress(config.host, config.port)}/livez`) },
    ],
    contextNow,
    ...{ firstAfterSeconds: 2, graceSeconds: 30 },
    onProblem: (error) => log.warn({ err: error }, "probe results could not be stored"),
  });
  process.once("sveltekit:shutdown", () => void prober.stop());
}

/** Keeps a page with the status and its feeds in a folder that any web server can serve while the portal is down. */
function keepStaticStatus({ config, db, log, clock }: Core): void {
  const contextNow = () => createContext(db, { kind: "system", job: "static-status" }, clock());
  const files = startStaticStatus({
    ...{ folder: config.statusDir, origin: config.origin, clock },
    read: async () => await inTime(statusFacts(contextNow(), config)),
    onProblem: (error) => log.warn({ err: error }, "static status page not written; trying again"),
  });
  process.once("sveltekit:shutdown", () => void files.stop());
}

/** The process's database and settings. Throws before `startCore`. */
export function core(): Core {
  if (!running) throw new Error("the portal has not been started");
  return running;
}

/**
 * The context of a request, with the actor from the session cookie. While the database is unavailable the actor is anonymous and
 * `isAway` is true: public pages are served from their last good copies.
 */
export async function contextFor(headers: Headers): Promise<{ ctx: Context; isAway: boolean }> {
  const { auth, db, clock } = core();
  const now = clock();
  try {
    const actor = await inTime(actorForSession(auth, headers, now));
    return { ctx: createContext(db, actor, now), isAway: false };
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    return { ctx: createContext(db, { kind: "anonymous" }, now), isAway: true };
  }
}
