import { fileURLToPath } from "node:url";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { closeDatabase, openDatabase } from "./connect.ts";

const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));
// Any constant serves: it only has to be the same in every process that migrates this database.
const migrationLock = 7_366_001;

/** Brings the database at `url` to the newest schema; several processes may ask at once, one does the work. */
export async function migrateDatabase(url: string): Promise<void> {
  const db = openDatabase(url, { connectionsMax: 2, statementTimeoutSeconds: 3600 });
  const lock = await db.$client.connect();
  try {
    await lock.query("select pg_advisory_lock($1)", [migrationLock]);
    await migrate(db, { migrationsFolder });
  } finally {
    lock.release(true);
    await closeDatabase(db);
  }
}
