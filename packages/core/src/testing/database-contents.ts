import { sql } from "drizzle-orm";
import type { Database } from "../database/index.ts";

/**
 * One fingerprint per table, so that a test can show that nothing changed. Excluded: refusals in the journal, and the given
 * tables.
 */
export async function databaseContents(
  db: Database,
  except: readonly string[] = [],
): Promise<Record<string, string>> {
  const found = await db.execute<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const contents: Record<string, string> = {};
  for (const { name } of found.rows.filter((row) => !except.includes(row.name))) {
    const where = name === "journal_entries" ? sql`where outcome <> 'refused'` : sql``;
    const { rows } = await db.execute<{ hash: string | null }>(
      sql`select md5(string_agg(t::text, '' order by t::text)) as hash from ${sql.identifier(name)} t ${where}`,
    );
    contents[name] = rows[0]?.hash ?? "empty";
  }
  return contents;
}
