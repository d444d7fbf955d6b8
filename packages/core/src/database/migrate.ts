import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { closeDatabase, type Database, openDatabase } from "./connect.ts";
import { lockText } from "./locks.ts";
import { grantToPrograms } from "./program-role.ts";

const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

/**
 * Migrates the database at `url` to the newest schema; of several concurrent callers one does the work. Rejects, and changes
 * nothing, when the database has migrations unknown to this program.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const db = openDatabase(url, { connectionsMax: 2, statementTimeoutSeconds: 3600 });
  const lock = await db.$client.connect();
  try {
    await lock.query("select pg_advisory_lock(hashtextextended($1, 7366))", [lockText("migration")]);
    const before = await readSchemaState(db);
    if (before.state === "foreign") throw new Error(schemaFault(before));
    await migrate(db, { migrationsFolder });
    await grantToPrograms(db);
  } finally {
    lock.release(true);
    await closeDatabase(db);
  }
}

/**
 * A database's schema compared with this program's: number of migrations applied and expected. `foreign` when its first migration
 * is not this program's.
 */
export type SchemaState = {
  readonly state: "current" | "missing" | "behind" | "ahead" | "foreign";
  readonly applied: number;
  readonly wanted: number;
};

function ownMigrations(): number[] {
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, "utf8"));
  return (journal as { entries: { when: number }[] }).entries.map(({ when }) => when);
}

/** Compares the applied migrations with this program's; changes nothing. Rejects when the database is unreachable. */
export async function readSchemaState(db: Database): Promise<SchemaState> {
  const own = ownMigrations();
  const wanted = own.length;
  const table = await db.execute(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  );
  if (table.rows[0]?.["found"] !== true) return { state: "missing", applied: 0, wanted };
  const { rows } = await db.execute(sql`select created_at::float8 as at from drizzle.__drizzle_migrations`);
  const applied = new Set(rows.map((row) => Number(row["at"])));
  const [first] = own;
  if (applied.size > 0 && first !== undefined && !applied.has(first))
    return { state: "foreign", applied: applied.size, wanted };
  if (own.some((when) => !applied.has(when))) return { state: "behind", applied: applied.size, wanted };
  return { state: applied.size > wanted ? "ahead" : "current", applied: applied.size, wanted };
}

/** What an operator has to do about an incompatible schema; undefined when it is compatible. */
export function schemaFault({ state, applied, wanted }: SchemaState): string | undefined {
  if (state === "current" || state === "ahead") return undefined;
  if (state === "foreign")
    return "The database was made by a version before the first release, whose migrations this version does not have: give it an empty database.";
  const what = state === "missing" ? "has no schema yet" : `has ${applied} of ${wanted} migrations`;
  return `The database ${what}: run \`npm run admin -- migrate\` with this version and the same DATABASE_URL.`;
}
