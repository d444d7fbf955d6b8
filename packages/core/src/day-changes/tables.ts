import { sql } from "drizzle-orm";
import { check, integer, pgTable, timestamp } from "drizzle-orm/pg-core";

/** One row: the instant until which everything that began or ended to hold has been journalled. */
export const dayChangesNoted = pgTable(
  "day_changes_noted",
  { id: integer().primaryKey().default(1), until: timestamp({ withTimezone: true }).notNull() },
  (table) => [check("day_changes_noted_single", sql`${table.id} = 1`)],
);
