import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";

export type Database = NodePgDatabase<Record<string, never>> & { $client: pg.Pool };
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** What a domain function may do without leaving a trace. */
export type ReadDatabase = Pick<
  Database,
  "select" | "selectDistinct" | "selectDistinctOn" | "with" | "$with" | "$count"
>;

export type DatabaseOptions = {
  /** Most connections held open at once. */
  connectionsMax?: number;
  /** How long one statement may run before PostgreSQL ends it. */
  statementTimeoutSeconds?: number;
  /** How long a transaction may stand still before PostgreSQL ends it: a process that hangs must not hold up all others. */
  standstillSeconds?: number;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  onConnectionLost?: (error: Error) => void;
};

/** Opens a pool on a PostgreSQL address. Connects on first use; `closeDatabase` ends it. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 10_000,
    statement_timeout: (options.statementTimeoutSeconds ?? 30) * 1000,
    idle_in_transaction_session_timeout: (options.standstillSeconds ?? 60) * 1000,
    application_name: "sor",
  });
  pool.on("error", (error) => options.onConnectionLost?.(error));
  // A connection that breaks between two statements of a transaction tells nobody else, and would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return drizzle({ client: pool, casing: "snake_case" });
}

const closing = new WeakMap<Database, (() => Promise<void>)[]>();

/** Has something done before the pool is ended by `closeDatabase`. */
export function beforeClose(db: Database, work: () => Promise<void>): void {
  closing.set(db, [...(closing.get(db) ?? []), work]);
}

/** Ends every connection of the pool after the statements in flight. */
export async function closeDatabase(db: Database): Promise<void> {
  try {
    for (const work of closing.get(db) ?? []) await work();
  } finally {
    await db.$client.end();
  }
}
