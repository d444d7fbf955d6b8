import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
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
      enum: ["proposed", "draft", "submitted", "approved", "declined", "applied", "reverted", "withdrawn"],
    }).notNull(),
    /** Counts every change; the ETag. */
    version: integer().notNull().default(1),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull(),
    /** The account that made it; its supplier, if any, sees it too. */
    ownerId: text().notNull(),
    ownerName: text().notNull(),
    supplierId: uuid(),
    /** Persons who took it up from others to correct it, in order; the last works on it now, and all count as authors. */
    editorIds: text().array().notNull().default(sql`'{}'`),
    /** When its author was told that the draft withdraws itself; an edit since takes that back. */
    warnedAt: timestamp({ withTimezone: true }),
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

/** What reviewers remark on single commands of a set. */
export const changeSetRemarks = pgTable(
  "change_set_remarks",
  {
    id: uuid().primaryKey(),
    changeSetId: uuid()
      .notNull()
      .references(() => changeSets.id),
    /** The command, which may be gone by now. */
    position: integer().notNull(),
    field: text(),
    text: text().notNull(),
    userId: text().notNull(),
    userName: text().notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index("change_set_remarks_set").on(table.changeSetId, table.at)],
);

/** What a proposal can be about. */
export const proposalTopics = [
  "name",
  "address",
  "contact",
  "numbers",
  "location-number",
  "messages",
  "place",
  "closed",
  "new-location-number",
  "other",
] as const;

/** What somebody who may not edit proposes, and how it was answered; the set has the commands, if any. */
export const proposals = pgTable(
  "proposals",
  {
    changeSetId: uuid()
      .primaryKey()
      .references(() => changeSets.id),
    topics: text({ enum: proposalTopics }).array().notNull(),
    text: text().notNull(),
    subjectType: text({ enum: ["unit", "location"] }).notNull(),
    subjectId: text().notNull(),
    /** Made without an account. */
    isPublic: boolean().notNull(),
    /** Lets whoever has it follow the proposal and confirm its address; it opens nothing else. */
    token: text().notNull(),
    /** Where its proposer wants the answer; null for none, and a month after the answer. */
    address: text(),
    addressHash: text(),
    isConfirmed: boolean().notNull().default(false),
    networkHash: text(),
    receivedAt: timestamp({ withTimezone: true }).notNull(),
    dueOn: date().notNull(),
    outcome: text({ enum: ["followed", "declined", "withdrawn"] }),
    answer: text(),
    answeredAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    uniqueIndex("proposals_token").on(table.token),
    index("proposals_received").on(table.receivedAt),
    index("proposals_network").on(table.networkHash, table.receivedAt),
    index("proposals_subject").on(table.subjectType, table.subjectId).where(sql`${table.answeredAt} is null`),
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
