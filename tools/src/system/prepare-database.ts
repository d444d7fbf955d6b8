import { closeDatabase, migrateDatabase, openDatabase } from "@sor/core/database";
import { loadDemo } from "@sor/core/demo";
import type { Config } from "./config.ts";

/** The message of the innermost error; the outer ones repeat whole statements. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  if (error instanceof Error && error.cause !== undefined) return reasonOf(error.cause);
  return error instanceof Error ? error.message : String(error);
}

/** Migrates the database to the newest schema. Throws an error that names the database's setting, not its password. */
export async function prepareDatabase(config: Config, databaseUrl: string): Promise<void> {
  await migrateDatabase(databaseUrl).catch((error: Error) => {
    const which = config.databaseUrl ? "The database of DATABASE_URL" : `The database in ${config.dataDir}`;
    throw new Error(`${which} cannot be brought to this version: ${reasonOf(error)}`, { cause: error });
  });
}

/** In demo mode, loads the invented country once; the process holds the keys of messages. */
export async function prepareDemo(config: Config, databaseUrl: string): Promise<void> {
  if (!config.isDemo) return;
  const database = openDatabase(databaseUrl, { statementTimeoutSeconds: 3600 });
  const started = Date.now();
  await loadDemo(database, { dataDir: config.dataDir, units: config.demoUnits, now: new Date() });
  await closeDatabase(database);
  if (Date.now() - started > 1000) console.log("Demo data are loaded (all of it is invented)");
}
