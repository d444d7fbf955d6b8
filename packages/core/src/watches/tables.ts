import { sql } from "drizzle-orm";
import { bigint, check, index, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { subscriptions } from "../subscriptions/tables.ts";

/** What an account wants to be told of: changes of a type at a location number, of everything from a unit downwards, or of the phasing out of what its own location numbers receive. */
export const watches = pgTable(
  "watches",
  {
    id: uuid().primaryKey(),
    /** The receiver of the account's messages; what it watches goes with it. */
    subscriptionId: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: "cascade" }),
    kind: text({ enum: ["location", "unit", "versions"] }).notNull(),
    gln: text(),
    /** Null: every type. */
    messageType: text(),
    sorId: text(),
    /** Only entries of the journal after this number are told. */
    afterSequence: bigint({ mode: "number" }).notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [
    index("watches_subscription").on(table.subscriptionId),
    index("watches_gln").on(table.gln),
    index("watches_unit").on(table.sorId),
    check(
      "watches_subject",
      sql`case ${table.kind} when 'location' then ${table.gln} is not null when 'unit' then ${table.sorId} is not null else true end`,
    ),
  ],
);

/** One row: the journal's entries up to this number have been compared with the watches. */
export const watchPosition = pgTable(
  "watch_position",
  { id: integer().primaryKey().default(1), sequence: bigint({ mode: "number" }).notNull() },
  (table) => [check("watch_position_single", sql`${table.id} = 1`)],
);
