import { createHash } from "node:crypto";
import { getTableColumns, getTableName } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Transaction } from "../database/index.ts";

/** Rows of one table, all with the same fields. */
export type TableRows = { table: PgTable; rows: readonly Readonly<Record<string, unknown>>[] };

/** Rows as `insertTogether` takes them, checked against their table. A field that is bytes is not for this. */
export function rowsOf<Table extends PgTable>(
  table: Table,
  rows: readonly Table["$inferInsert"][],
): TableRows {
  return { table, rows: rows as TableRows["rows"] };
}

/** A payload that is stored with the rows. */
export type TogetherPayload = { sha256: string; bytes: Uint8Array; storedAt: Date };

const insertTexts = new Map<string, string>();

// The rows come as one JSON parameter, whatever their number, and PostgreSQL takes them apart.
function insertText({ table, rows }: TableRows): string {
  const name = getTableName(table);
  const fields = Object.keys(rows[0] ?? {});
  const key = `${name} ${fields}`;
  const known = insertTexts.get(key);
  if (known) return known;
  const columns = getTableColumns(table) as Readonly<Record<string, { getSQLType: () => string }>>;
  const types = fields.map((field) => `"${field}" ${columns[field]?.getSQLType()}`);
  const text = `insert into "${name}" (${fields.map((field) => `"${toSnakeCase(field)}"`)})
    select ${fields.map((field) => `"${field}"`)} from jsonb_to_recordset($1::jsonb->'${name}') as r(${types})`;
  insertTexts.set(key, text);
  return text;
}

// All payloads travel as one binary parameter and are cut up there: no text form of bytes is ever made.
const payloadText = `insert into payloads (sha256, part, size_bytes, bytes, stored_at)
  select sha256, 0, size, substring($2::bytea from start for size), stored_at
  from jsonb_to_recordset($1::jsonb->'payloads') as r(sha256 text, start integer, size integer, stored_at timestamptz)
  on conflict do nothing`;

/**
 * Inserts rows into several tables, and payloads, in one statement and one round trip, in the order in which the tables are
 * given. Throws what PostgreSQL throws when a row is there already.
 */
export async function insertTogether(
  tx: Transaction,
  tables: readonly TableRows[],
  payloads: readonly TogetherPayload[],
): Promise<void> {
  const filled = tables.filter(({ rows }) => rows.length > 0);
  const parts = [...filled.map(insertText), payloadText];
  const text = `with ${parts.map((part, i) => `i${i} as (${part})`)} select`;
  let start = 1;
  const places = payloads.map(({ sha256, bytes, storedAt }) => {
    const place = { sha256, start, size: bytes.byteLength, stored_at: storedAt };
    start += bytes.byteLength;
    return place;
  });
  const rows = Object.fromEntries(filled.map((part) => [getTableName(part.table), part.rows]));
  const params = [
    JSON.stringify({ ...rows, payloads: places }),
    Buffer.concat(payloads.map(({ bytes }) => bytes)),
  ];
  const name = `together_${createHash("sha256").update(text).digest("base64url").slice(0, 16)}`;
  await tx._.session.prepareQuery({ sql: text, params }, undefined, name, false).execute();
}
