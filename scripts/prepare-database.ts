import { closeDatabase, migrateDatabase, openDatabase } from "../packages/core/src/database/index.ts";
import { loadDemo } from "../packages/core/src/demo/index.ts";
import type { Config } from "./config.ts";

/** Brings the database to the newest schema and, in demo mode, loads the invented country once. */
export async function prepareDatabase(config: Config, databaseUrl: string): Promise<void> {
  await migrateDatabase(databaseUrl).catch((error: Error) => {
    const reason = error instanceof AggregateError ? error.errors.join("; ") : error.message;
    throw config.databaseUrl ? new Error(`DATABASE_URL: the database cannot be used: ${reason}`) : error;
  });
  if (!config.isDemo) return;
  const database = openDatabase(databaseUrl, { statementTimeoutSeconds: 3600 });
  const started = Date.now();
  await loadDemo(database, { dataDir: config.dataDir, units: config.demoUnits, now: new Date() });
  await closeDatabase(database);
  if (Date.now() - started > 1000) console.log("Demo data are loaded (all of it is invented)");
}
