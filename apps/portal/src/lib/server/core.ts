import { type Context, closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import pino, { type Logger } from "pino";
import { type Config, readConfig } from "../../config.ts";

/** What lives as long as the program: settings, the database's pool, the log. */
export type Core = { config: Config; db: Database; log: Logger };

let running: Core | undefined;

/** Opens the database once; it is closed when the server has answered its last request. */
export function startCore(): Core {
  if (running) return running;
  const config = readConfig();
  const log = pino({ level: config.logLevel, base: { program: "portal" } });
  const db = openDatabase(config.databaseUrl, {
    onConnectionLost: (error) => log.warn({ err: { message: error.message } }, "database connection lost"),
  });
  process.once("sveltekit:shutdown", () => void closeDatabase(db));
  running = { config, db, log };
  return running;
}

/** The running program's database and settings. Throws before `startCore`. */
export function core(): Core {
  if (!running) throw new Error("the portal has not been started");
  return running;
}

/** The context of one request: who asks, by the session's cookie. */
export async function contextFor(_headers: Headers): Promise<Context> {
  return createContext(core().db, { kind: "anonymous" }, new Date());
}
