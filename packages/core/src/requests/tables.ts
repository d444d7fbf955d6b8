import { index, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant } from "../messages/index.ts";

/** The first answer to a request with an Idempotency-Key. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    owner: text().notNull(),
    key: text().notNull(),
    requestSha256: text().notNull(),
    answer: jsonb().$type<unknown>().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: "idempotency_keys_owner_key", columns: [table.owner, table.key] }),
    index("idempotency_keys_created").on(table.createdAt),
  ],
);
