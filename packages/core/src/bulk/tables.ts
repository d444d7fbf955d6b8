import { pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { users } from "../access/tables.ts";

/** A search of the list of location numbers that an account has kept. */
export const savedSearches = pgTable(
  "saved_searches",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** The query string of the list. */
    query: text().notNull(),
    savedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ name: "saved_searches_name", columns: [table.userId, table.name] })],
);
