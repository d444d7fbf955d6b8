import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";

/** A change set: commands that are previewed, approved and applied as one. */
export const changeSets = pgTable(
  "change_sets",
  {
    id: uuid().primaryKey(),
    title: text().notNull(),
    comment: text(),
    state: text({
      enum: ["draft", "submitted", "approved", "declined", "applied", "reverted", "withdrawn"],
    }).notNull(),
    /** Counts every change; the ETag. */
    version: integer().notNull().default(1),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull(),
    /** The account that made it; its supplier, if any, sees it too. */
    ownerId: text().notNull(),
    ownerName: text().notNull(),
    supplierId: uuid(),
    /** What was previewed when it was submitted; an approval belongs to it. */
    submittedAt: timestamp({ withTimezone: true }),
    submittedHash: text(),
    /** The last day on which it can be approved and applied: that of its earliest command, where that was still to come. */
    applyBy: date(),
    /** Units concerned and their ancestors, and suppliers, as of the last preview: who may see it. */
    sorIds: text().array().notNull().default(sql`'{}'`),
    supplierIds: text().array().notNull().default(sql`'{}'`),
    appliedAt: timestamp({ withTimezone: true }),
    appliedBy: text(),
    /** The set that this one undoes. */
    revertsId: uuid(),
  },
  (table) => [
    index("change_sets_owner").on(table.ownerId, table.updatedAt),
    index("change_sets_state").on(table.state, table.updatedAt),
    index("change_sets_units").using("gin", table.sorIds),
    uniqueIndex("change_sets_reverts")
      .on(table.revertsId)
      .where(sql`${table.state} not in ('withdrawn', 'declined')`),
  ],
);

/** The commands of a set, in order. */
export const changeSetItems = pgTable(
  "change_set_items",
  {
    changeSetId: uuid()
      .notNull()
      .references(() => changeSets.id),
    position: integer().notNull(),
    command: jsonb().notNull(),
    subjectType: text({ enum: ["unit", "location"] }).notNull(),
    subjectId: text().notNull(),
    /** What the author saw: the newest journal entry about the subject; 0 for none. */
    seenSequence: bigint({ mode: "number" }).notNull(),
    addedAt: timestamp({ withTimezone: true }).notNull(),
    addedBy: text().notNull(),
  },
  (table) => [
    primaryKey({ name: "change_set_items_position", columns: [table.changeSetId, table.position] }),
    index("change_set_items_subject").on(table.subjectType, table.subjectId),
  ],
);

/** Decisions of persons on a submitted set. */
export const changeSetDecisions = pgTable(
  "change_set_decisions",
  {
    id: uuid().primaryKey(),
    changeSetId: uuid()
      .notNull()
      .references(() => changeSets.id),
    userId: text().notNull(),
    userName: text().notNull(),
    decision: text({ enum: ["approved", "declined"] }).notNull(),
    comment: text(),
    /** The hash of what was seen. */
    hash: text().notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index("change_set_decisions_set").on(table.changeSetId, table.at)],
);
