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
import { asksDatabase, asksHttp, startProber } from "@sor/core/status";
import { holdKeyring, loadKeyring } from "@sor/core/vault";
import pino, { type Logger } from "pino";
import { type Config, readConfig } from "../../config.ts";
import { inTime, isUnanswered } from "./last-good.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

/** What lives as long as the program: settings, the database's pool, logging in, the log, the metrics, the time. */
export type Core = {
  config: Config;
  db: Database;
  auth: Auth;
  log: Logger;
  metrics: Metrics;
  clock: () => Date;
};

let running: Core | undefined;

/** Opens the database once; it is closed when the server has answered its last request. */
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
  // What is decided by the time is decided by that of all programs.
  const databaseClock = followDatabaseClock(db, {
    onProblem: (error) => log.warn({ err: error }, "clock not compared with the database's; trying again"),
  });
  const clock = () => databaseClock.now();
  process.once("sveltekit:shutdown", () => {
    databaseClock.stop();
    void closeDatabase(db);
  });
  const auth = createAuth(db, { baseUrl: config.origin, secret: config.secret });
  running = { config, db, auth, log, metrics: createMetrics(), clock };
  measureServices(running);
  void tellOfSchema(db, log);
  return running;
}

/** Says once in the log when the schema is not this version's; the pages fail until it is. */
async function tellOfSchema(db: Database, log: Logger): Promise<void> {
  const state = await readSchemaState(db).catch(() => undefined);
  const fault = state && schemaFault(state);
  if (fault) log.error(fault);
}

/** Asks once a minute whether gateway, database and portal answer, for the status page. */
function measureServices({ config, db, log, clock }: Core): void {
  const contextNow = () => createContext(db, { kind: "system", job: "probe" }, clock());
  const prober = startProber({
    targets: [
      { target: "gateway", ask: asksHttp(`${config.gatewayProbe}/livez`) },
      { target: "database", ask: asksDatabase(contextNow()) },
      { target: "portal", ask: asksHttp(`${localAddress(config.host, config.port)}/livez`) },
    ],
    contextNow,
    firstAfterSeconds: 2,
    onProblem: (error) => log.warn({ err: error }, "probe results could not be stored"),
  });
  process.once("sveltekit:shutdown", () => void prober.stop());
}

/** The running program's database and settings. Throws before `startCore`. */
export function core(): Core {
  if (!running) throw new Error("the portal has not been started");
  return running;
}

/**
 * The context of one request: who asks, by the session's cookie. While the database cannot be asked everybody is anonymous, and
 * `isAway` says so: public pages go on from their last good copies.
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
