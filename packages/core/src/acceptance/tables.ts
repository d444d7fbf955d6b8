import { boolean, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "../messages/index.ts";
import { messages } from "../messages/tables.ts";

/**
 * Messages held by one side. The row is deleted when that side releases the message, not when the message ends: copies of a
 * message that was withdrawn or expired are held as it was.
 */
export const quarantines = pgTable("quarantines", {
  messageId: uuid()
    .primaryKey()
    .references(() => messages.id, { onDelete: "cascade" }),
  heldAt: instant().notNull(),
  /** The side whose users can release it. */
  heldBy: text({ enum: ["sender", "receiver"] }).notNull(),
  /** Its release takes two persons. */
  takesTwo: boolean().notNull(),
  /** The first user who asked for its release, where that takes two. */
  releaseAskedBy: uuid(),
});
