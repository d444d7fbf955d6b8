import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import { appendEntries, type NewEntry } from "../journal/index.ts";
import type { Actor } from "../permissions/index.ts";
import type { OnProgress } from "./report.ts";

const batchRows = 500;

/**
 * Creates temporary tables that exist until the end of the transaction: rows read from the file, and journal entries to write.
 */
export async function createStaging(tx: Transaction): Promise<void> {
  await tx.execute(sql`
    create temporary table import_rows (
      position bigint generated always as identity primary key, kind text not null, key text not null,
      line int not null, data jsonb not null) on commit drop`);
  await tx.execute(sql`
    create temporary table import_entries (
      position bigint generated always as identity primary key, entry jsonb not null) on commit drop`);
}

/** A row read from the file: kind, key, line and data. */
export type StagedRow = { kind: string; key: string; line: number; data: unknown };

export async function stageRows(tx: Transaction, rows: readonly StagedRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = JSON.stringify(rows.slice(start, start + batchRows));
    await tx.execute(sql`
      insert into import_rows (kind, key, line, data)
      select kind, key, line, data
      from rows from (jsonb_to_recordset(${batch}::jsonb) as (kind text, key text, line int, data jsonb))
      with ordinality as staged(kind, key, line, data, place) order by place`);
  }
}

/** Indexes and analyses the staged rows, so that the planner knows their number. */
export async function finishStaging(tx: Transaction): Promise<void> {
  await tx.execute(sql`create index on import_rows (kind, key)`);
  await tx.execute(sql`analyze import_rows`);
}

export async function countStaged(tx: Transaction, kind: string): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from import_rows where kind = ${kind}`,
  );
  return rows[0]?.count ?? 0;
}

/** Staged rows of a kind in the order of the file, in batches. */
export async function* stagedBatches<Data>(
  tx: Transaction,
  kind: string,
  condition: SQL = sql`true`,
): AsyncGenerator<{ line: number; key: string; data: Data }[]> {
  let after = 0;
  for (;;) {
    const { rows } = await tx.execute<{ position: string; line: number; key: string; data: Data }>(sql`
      select position, line, key, data from import_rows
      where kind = ${kind} and position > ${after} and ${condition} order by position limit ${batchRows}`);
    if (rows.length === 0) return;
    after = Number(rows.at(-1)?.position);
    yield rows;
  }
}

/** Duplicate keys, with the lines of the first two. */
export async function stagedTwice(
  tx: Transaction,
  kind: string,
  limit: number,
): Promise<{ key: string; line: number; first: number }[]> {
  const { rows } = await tx.execute<{ key: string; lines: number[] }>(sql`
    select key, (array_agg(line order by position))[1:2] as lines from import_rows
    where kind = ${kind} group by key having count(*) > 1 order by 2 limit ${limit}`);
  return rows.map(({ key, lines: [first = 0, line = 0] }) => ({ key, line, first }));
}

/** Stages journal entries until the end of the import, so that the journal is locked only briefly. */
export async function stageEntries(
  tx: Transaction,
  entries: readonly Omit<NewEntry, "action" | "outcome">[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx.execute(sql`
    insert into import_entries (entry)
    select value from jsonb_array_elements(${JSON.stringify(entries)}::jsonb) with ordinality order by ordinality`);
}

/** Appends the staged entries to the journal in batches, in the transaction of the import. */
export async function appendStagedEntries(
  tx: Transaction,
  { actor, now, onProgress }: { actor: Actor; now: Date; onProgress: OnProgress },
): Promise<void> {
  const counted = await tx.execute<{ count: number }>(sql`select count(*)::int as count from import_entries`);
  const total = counted.rows[0]?.count ?? 0;
  for (let done = 0; done < total; done += batchRows) {
    const { rows } = await tx.execute<{ entry: NewEntry }>(sql`
      select entry from import_entries where position > ${done} order by position limit ${batchRows}`);
    const entries = rows.map(
      ({ entry }): NewEntry => ({ ...entry, action: "register.import", outcome: "done" }),
    );
    await appendEntries(tx, actor, now, entries);
    onProgress({ step: "journal", done: Math.min(total, done + batchRows), total });
  }
}

/** Inserts rows of one table as one JSON parameter; keys are the columns' names in code, and all rows have the same keys. */
export async function insertRows(
  tx: Transaction,
  table: string,
  rows: readonly Record<string, unknown>[],
  ifThere: "fail" | "leave" = "fail",
): Promise<void> {
  if (rows.length === 0) return;
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const named = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value])),
  );
  const columns = sql.join(
    Object.keys(named[0] ?? {}).map((name) => sql.identifier(name)),
    sql`, `,
  );
  const target = sql.identifier(table);
  await tx.execute(sql`
    insert into ${target} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${target}, ${JSON.stringify(named)}::jsonb)
    ${ifThere === "leave" ? sql`on conflict do nothing` : sql``}`);
}
