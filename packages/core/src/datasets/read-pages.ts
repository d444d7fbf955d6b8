import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";

/** The rows of a query in pages, by a cursor of the transaction: PostgreSQL holds the result, not this program. */
export async function* pagesOf<Row extends Record<string, unknown>>(
  tx: Transaction,
  cursor: string,
  query: SQL,
  pageRows: number,
): AsyncGenerator<Row[]> {
  const name = sql.identifier(cursor);
  await tx.execute(sql`declare ${name} no scroll cursor for ${query}`);
  for (;;) {
    const fetched = await tx.execute(sql`fetch ${sql.raw(String(pageRows))} from ${name}`);
    const rows = fetched.rows as Row[];
    if (rows.length === 0) break;
    yield rows;
  }
  await tx.execute(sql`close ${name}`);
}
