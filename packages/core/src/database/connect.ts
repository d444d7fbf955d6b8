import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { connectionTo } from "./client.ts";

export type Database = NodePgDatabase<Record<string, never>> & { $client: pg.Pool };
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** The read-only part of the database interface. */
export type ReadDatabase = Pick<
  Database,
  "select" | "selectDistinct" | "selectDistinctOn" | "with" | "$with" | "$count"
>;

export type DatabaseOptions = {
  /** Maximum number of open connections. */
  connectionsMax?: number;
  /** Maximum run time of one statement. */
  statementTimeoutSeconds?: number;
  /** Maximum idle time in a transaction before PostgreSQL ends it: a hanging process must not block all others. */
  standstillSeconds?: number;
  /** Called when an idle connection is lost; the pool replaces it automatically. */
  onConnectionLost?: (error: Error) => void;
};

const casing = "snake_case";

/** Opens a connection pool. Connects on first use; `closeDatabase` ends it. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    ...connectionTo(url),
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 10_000,
    statement_timeout: (options.statementTimeoutSeconds ?? 30) * 1000,
    idle_in_transaction_session_timeout: (options.standstillSeconds ?? 60) * 1000,
    application_name: "sor",
  });
  pool.on("error", (error) => options.onConnectionLost?.(error));
  // Without this listener, a connection lost between two statements of a transaction would crash the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return drizzle({ client: pool, casing });
}

/** Executes one statement under a name, by which the connection keeps its plan. Throws PostgreSQL's error. */
export type ExecuteNamed = (statement: { name: string; text: string; values: unknown[] }) => Promise<void>;

const handles = new WeakMap<pg.PoolClient, ReturnType<typeof handleOf>>();
const handleOf = (client: pg.PoolClient) => drizzle({ client, casing });

/**
 * Runs `write` in a transaction as `db.transaction` does, and gives it the same connection for statements that PostgreSQL
 * prepares once: planning a large one each time costs more than executing it.
 */
export async function onOneConnection<T>(
  db: Database,
  write: (tx: Transaction, execute: ExecuteNamed) => Promise<T>,
): Promise<T> {
  const client = await db.$client.connect();
  const handle = handles.get(client) ?? handleOf(client);
  handles.set(client, handle);
  try {
    return await handle.transaction((tx) =>
      write(tx, async (statement) => {
        await client.query(statement);
      }),
    );
  } finally {
    client.release();
  }
}

const closing = new WeakMap<Database, (() => Promise<void>)[]>();

/** Registers work to be done by `closeDatabase` before the pool ends. */
export function beforeClose(db: Database, work: () => Promise<void>): void {
  closing.set(db, [...(closing.get(db) ?? []), work]);
}

/** Ends all connections of the pool after the statements in flight. */
export async function closeDatabase(db: Database): Promise<void> {
  try {
    for (const work of closing.get(db) ?? []) await work();
  } finally {
    await db.$client.end();
  }
}
