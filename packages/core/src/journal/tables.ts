import { sql } from "drizzle-orm";
import { bigint, check, index, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** One row: the last number used. Its lock makes numbers gap-free and visible in order. */
export const journalHead = pgTable(
  "journal_head",
  {
    id: integer().primaryKey().default(1),
    sequence: bigint({ mode: "number" }).notNull(),
    hash: text().notNull(),
  },
  (table) => [check("journal_head_single", sql`${table.id} = 1`)],
);

export const journalEntries = pgTable(
  "journal_entries",
  {
    sequence: bigint({ mode: "number" }).primaryKey(),
    at: timestamp({ withTimezone: true }).notNull(),
    actorKind: text().notNull(),
    actorId: text(),
    actorName: text(),
    supplierId: text(),
    action: text().notNull(),
    outcome: text({ enum: ["done", "refused"] }).notNull(),
    subjectType: text().notNull(),
    subjectId: text().notNull(),
    /** Location numbers and SOR ids concerned, so that followers know what to read again. */
    glns: text().array().notNull(),
    sorIds: text().array().notNull(),
    before: jsonb(),
    after: jsonb(),
    comment: text(),
    /** The change set that the entry belongs to, if any. */
    changeSetId: uuid(),
    /** Id of the transaction that wrote it: entries that were made together. Not part of the hash. */
    transaction: bigint({ mode: "number" }).notNull().default(sql`(pg_current_xact_id()::text)::bigint`),
    /** SHA-256 over the previous entry's hash and this entry, hexadecimal. */
    hash: text().notNull(),
  },
  (table) => [
    index("journal_entries_subject").on(table.subjectType, table.subjectId, table.sequence),
    index("journal_entries_change_set")
      .on(table.changeSetId, table.sequence)
      .where(sql`${table.changeSetId} is not null`),
    index("journal_entries_glns").using("gin", table.glns),
    index("journal_entries_sor_ids").using("gin", table.sorIds),
    index("journal_entries_at").on(table.at),
    index("journal_entries_action").on(table.action, table.sequence),
    index("journal_entries_actor_name").on(sql`lower(${table.actorName}) text_pattern_ops`, table.sequence),
  ],
);
