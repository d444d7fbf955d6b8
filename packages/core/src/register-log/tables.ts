import { sql } from "drizzle-orm";
import { bigint, bigserial, boolean, index, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";

/**
 * What became known of a unit, location number, SHAK code or system, row by row, written by triggers. The next entry of the journal
 * gives each its sequence under the journal's lock: in the order of sequence and id nothing appears before what was already read.
 */
export const registerLog = pgTable(
  "register_log",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    /** Null until the journal's next entry, in most cases in the same transaction. */
    sequence: bigint({ mode: "number" }),
    /** The time of that entry, never before that of an earlier sequence. */
    at: timestamp({ withTimezone: true }),
    entity: text({ enum: ["unit", "location", "shak", "device"] }).notNull(),
    /** A version; what a location number receives or sends; a unit that has it; a day that changes it; a withdrawal. */
    kind: text({ enum: ["version", "registration", "holder", "day", "withdrawn"] }).notNull(),
    /** SOR id, location number, SHAK code, or id of a system or net operator. */
    subject: text().notNull(),
    /** The row: its id, or the first day of a SHAK period. */
    rowId: text(),
    /** The row was superseded or removed, not added. */
    isEnd: boolean().notNull().default(false),
    /** The content, where the row does not keep it. */
    facts: jsonb(),
  },
  (table) => [
    index("register_log_pending").on(table.id).where(sql`${table.sequence} is null`),
    index("register_log_rows").on(table.entity, table.kind, table.sequence, table.id),
    index("register_log_order").on(table.entity, table.sequence, table.subject),
    index("register_log_subject").on(table.entity, table.subject, table.sequence),
    index("register_log_at").on(table.at, table.sequence),
  ],
);
