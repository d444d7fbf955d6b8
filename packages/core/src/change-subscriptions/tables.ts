import { bigint, index, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { outboxMessages } from "../outbox/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import type { Place } from "./schemas.ts";

/** How far a subscriber to changes has been told, and where it stands once the message under way has arrived. */
export const changeFollowers = pgTable(
  "change_followers",
  {
    subscriptionId: uuid()
      .primaryKey()
      .references(() => subscriptions.id, { onDelete: "cascade" }),
    /** The number of `place`, by which those with news are found. */
    sequence: bigint({ mode: "number" }).notNull(),
    place: jsonb().$type<Place>().notNull(),
    /** The message under way: there is one at a time, so that they arrive in order. */
    messageId: uuid().references(() => outboxMessages.id, { onDelete: "set null" }),
    placeAfter: jsonb().$type<Place>(),
    /** When something was last packed for it: who has waited longest is next. */
    packedAt: timestamp({ withTimezone: true }).notNull(),
    /** Of the last message that was not delivered. */
    lastError: text(),
  },
  (table) => [index("change_followers_message").on(table.messageId)],
);
