import { integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { milestoneStates } from "./schemas.ts";

const instant = () => timestamp({ withTimezone: true });

/** Milestones of the roadmap as they stand. */
export const milestones = pgTable("milestones", {
  id: uuid().primaryKey(),
  title: text().notNull(),
  text: text().notNull(),
  /** A day, `YYYY-MM-DD`, or a quarter, `YYYY-Qn`. */
  due: text().notNull(),
  state: text({ enum: milestoneStates }).notNull(),
  createdAt: instant().notNull(),
  changedAt: instant().notNull(),
  version: integer().notNull(),
});

/** Every version of a milestone: what readers were told when. */
export const milestoneVersions = pgTable(
  "milestone_versions",
  {
    milestoneId: uuid()
      .notNull()
      .references(() => milestones.id),
    version: integer().notNull(),
    title: text().notNull(),
    due: text().notNull(),
    state: text({ enum: milestoneStates }).notNull(),
    note: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.milestoneId, table.version] })],
);
