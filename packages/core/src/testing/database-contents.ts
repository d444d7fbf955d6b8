import { sql } from "drizzle-orm";
import type { Database } from "../database/index.ts";
import { createSetHash, lineOf, readSource } from "../datasets/index.ts";
import { currentSequence } from "../journal/index.ts";
import { dayInDenmark } from "../validity/index.ts";

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

/** The newest number of the register, and the hashes that an exact copy has at it, read from the database in one step. */
export async function copyHashes(
  db: Database,
  now: Date,
): Promise<{ sequence: number; hashes: Record<string, string> }> {
  return await db.transaction(
    async (tx) => {
      const day = dayInDenmark(now);
      const hash = async <Row>(rows: AsyncGenerator<Row[]>, of: (row: Row) => object) => {
        const set = createSetHash();
        for await (const batch of rows) for (const row of batch) set.add(JSON.stringify(of(row)));
        return set.value();
      };
      const hashes = {
        units: await hash(readSource.units(tx, day), lineOf.unit),
        successions: await hash(readSource.successions(tx), lineOf.succession),
        locations: await hash(readSource.locations(tx, day), lineOf.location),
        registrations: await hash(readSource.registrations(tx), lineOf.registration),
      };
      return { sequence: await currentSequence(tx), hashes };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}
