import { sql } from "drizzle-orm";
import { bigint, check, integer, pgTable, text, unique } from "drizzle-orm/pg-core";
import { instant, xid8 } from "../messages/index.ts";

/**
 * Events that have no number yet: one row for each statement that inserted events, written by a trigger in its transaction, so
 * that it becomes visible with the events.
 */
export const feedPending = pgTable("feed_pending", {
  firstId: bigint({ mode: "number" }).primaryKey(),
  eventIds: bigint({ mode: "number" }).array().notNull(),
  notedAt: instant().notNull(),
});

/** The feed: events numbered from 1 without gaps, in the order in which they became visible. */
export const feedEntries = pgTable(
  "feed_entries",
  {
    sequence: bigint({ mode: "number" }).primaryKey(),
    eventId: bigint({ mode: "number" }).notNull(),
  },
  (table) => [unique("feed_entries_event").on(table.eventId)],
);

/** One row: the last number issued. Its lock makes numbers gap-free and visible in order. */
export const feedHead = pgTable(
  "feed_head",
  {
    id: integer().primaryKey().default(1),
    sequence: bigint({ mode: "number" }).notNull(),
    /** The server start during which numbers are issued; another one begins a new epoch. */
    server: text().notNull(),
    /** The transaction that wrote this row. After restoring a dump it differs. */
    writtenBy: xid8().notNull(),
  },
  (table) => [check("feed_head_single", sql`${table.id} = 1`)],
);

/** Sections of the feed within which no number can have been issued twice. Numbers of an epoch are above `beganAfter`. */
export const feedEpochs = pgTable("feed_epochs", {
  /**
   * Milliseconds since 1970 when it began, times 1024, plus a random part: later ones are higher, and copies of a database
   * differ.
   */
  epoch: bigint({ mode: "number" }).primaryKey(),
  beganAfter: bigint({ mode: "number" }).notNull(),
});
