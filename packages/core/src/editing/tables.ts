import { sql } from "drizzle-orm";
import { bigint, integer, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/** Kinds of change that need a second person, in the whole register or in the part below a unit. */
export const approvalRules = pgTable(
  "approval_rules",
  {
    id: uuid().primaryKey(),
    kind: text({
      enum: ["new-owner", "closing-with-registrations", "move-across-owners", "many-endings", "any"],
    }).notNull(),
    subtreeSorId: text(),
    /** Who laid the rule: those of a part of the register cannot end what the authority laid on it. */
    laidBy: text({ enum: ["authority", "region"] })
      .notNull()
      .default("authority"),
    /** The account that wants the rule ended; the rule holds until another person ends it. */
    endAskedBy: text(),
    endAskedName: text(),
    endAskedAt: timestamp({ withTimezone: true }),
  },
  (table) => [uniqueIndex("approval_rules_kind").on(table.kind, sql`coalesce(${table.subtreeSorId}, '')`)],
);

/** One row: the last sequence number given to a SOR id of our own, so that a number reserved for a draft is not given twice. */
export const sorIdNumbers = pgTable("sor_id_numbers", {
  id: integer().primaryKey().default(1),
  last: bigint({ mode: "number" }).notNull(),
});
