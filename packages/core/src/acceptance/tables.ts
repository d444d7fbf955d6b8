import { boolean, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "../messages/index.ts";
import { messages } from "../messages/tables.ts";

/**
 * Messages that one side holds back. The row ends when that side releases the message, not when the message ends: copies of a
 * message that was withdrawn or given up are held back as it was.
 */
export const quarantines = pgTable("quarantines", {
  messageId: uuid()
    .primaryKey()
    .references(() => messages.id, { onDelete: "cascade" }),
  heldAt: instant().notNull(),
  /** Whose users release it. */
  heldBy: text({ enum: ["sender", "receiver"] }).notNull(),
  /** Its release takes two persons. */
  takesTwo: boolean().notNull(),
  /** The user who has asked for its release, as the first of the two. */
  releaseAskedBy: uuid(),
});
