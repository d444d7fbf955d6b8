import { createHash } from "node:crypto";
import { getTableColumns, getTableName } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { ExecuteNamed } from "../database/index.ts";
import type { payloads } from "../vault/tables.ts";

/** Rows of one table, all with the same fields. */
type TableRows = { table: PgTable; rows: readonly Readonly<Record<string, unknown>>[] };

// Short bytes, such as hashes, are sent in PostgreSQL's hex text format.
const asText = (value: unknown) => (Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : value);

/** Rows as `insertTogether` takes them, checked against their table. */
export function rowsOf<Table extends PgTable>(
  table: Table,
  rows: readonly Table["$inferInsert"][],
): TableRows {
  const plain = rows as TableRows["rows"];
  if (!Object.values(plain[0] ?? {}).some(Buffer.isBuffer)) return { table, rows: plain };
  const entries = plain.map((row) => Object.entries(row).map(([name, value]) => [name, asText(value)]));
  return { table, rows: entries.map((row) => Object.fromEntries(row)) };
}

/** A payload of a single part, stored together with the rows. */
type TogetherPayload = typeof payloads.$inferInsert;

/** The column of a field, as drizzle's `casing: "snake_case"` names it. */
const columnOf = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const insertTexts = new Map<string, string>();

// The rows are one JSON parameter, whatever their number, and PostgreSQL unpacks them.
function insertText({ table, rows }: TableRows): string {
  const name = getTableName(table);
  const fields = Object.keys(rows[0] ?? {});
  const key = `${name} ${fields}`;
  const known = insertTexts.get(key);
  if (known) return known;
  const columns = getTableColumns(table) as Readonly<Record<string, { getSQLType: () => string }>>;
  const types = fields.map((field) => `"${field}" ${columns[field]?.getSQLType()}`);
  const text = `insert into "${name}" (${fields.map((field) => `"${columnOf(field)}"`)})
    select ${fields.map((field) => `"${field}"`)} from jsonb_to_recordset($1::jsonb->'${name}') as r(${types})`;
  insertTexts.set(key, text);
  return text;
}

// All payload bytes are one binary parameter and are split in SQL, which avoids encoding them as text. Payloads that exist
// already are updated, so that a concurrent prune waits and then sees that they are referenced.
const payloadText = `insert into payloads (sha256, part, size_bytes, bytes, stored_at, master_key_id, wrapped_key)
  select sha256, 0, size, substring($2::bytea from start for length), stored_at, key,
    substring($2::bytea from start + length for key_length)
  from jsonb_to_recordset($1::jsonb->'payloads') as r(sha256 text, size integer, start integer, length integer,
    stored_at timestamptz, key text, key_length integer)
  on conflict (sha256, part) do update set stored_at = excluded.stored_at`;

/**
 * Inserts rows into several tables, and payloads, in one statement and one round trip, in the order of the tables given. Throws
 * PostgreSQL's unique violation when a row exists already.
 */
export async function insertTogether(
  execute: ExecuteNamed,
  tables: readonly TableRows[],
  stored: readonly TogetherPayload[],
): Promise<void> {
  const filled = tables.filter(({ rows }) => rows.length > 0);
  const parts = [...filled.map(insertText), payloadText];
  const text = `with ${parts.map((part, i) => `i${i} as (${part})`)} select`;
  let start = 1;
  const pieces: Uint8Array[] = [];
  const places = stored.map(({ sha256, sizeBytes, bytes, storedAt, masterKeyId, wrappedKey }) => {
    const keyBytes = wrappedKey ?? Buffer.alloc(0);
    const place = { sha256, size: sizeBytes, start, length: bytes.byteLength, stored_at: storedAt };
    pieces.push(bytes, keyBytes);
    start += bytes.byteLength + keyBytes.byteLength;
    return { ...place, key: masterKeyId, key_length: keyBytes.byteLength };
  });
  const rows = Object.fromEntries(filled.map((part) => [getTableName(part.table), part.rows]));
  const params = [JSON.stringify({ ...rows, payloads: places }), Buffer.concat(pieces)];
  const name = `together_${createHash("sha256").update(text).digest("base64url").slice(0, 16)}`;
  await execute({ name, text, values: params });
}
