import { sql } from "drizzle-orm";
import { date, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { Words } from "../faults/index.ts";
import { notices } from "../status/tables.ts";
import type { NoticeFields } from "./schemas.ts";

const instant = () => timestamp({ withTimezone: true });

/** Texts that notices are begun with. */
export const noticeTemplates = pgTable("notice_templates", {
  id: uuid().primaryKey(),
  kind: text({ enum: ["incident", "window", "information"] }).notNull(),
  name: text().notNull().unique(),
  title: text().notNull(),
  text: text().notNull(),
  updatedAt: instant().notNull(),
});

/** Notices that are not published yet; published under the same id. */
export const noticeDrafts = pgTable(
  "notice_drafts",
  {
    id: uuid().primaryKey(),
    fields: jsonb().$type<NoticeFields>().notNull(),
    writtenByName: text().notNull(),
    updatedAt: instant().notNull(),
    /** When it publishes itself; null: when somebody does. */
    publishAt: instant(),
    /** Why it did not publish itself; null while it may. */
    refusedFor: jsonb().$type<Words>(),
  },
  (table) => [index("notice_drafts_due").on(table.publishAt).where(sql`${table.publishAt} is not null`)],
);

/** Recurring service windows. */
export const windowSeries = pgTable("window_series", {
  id: uuid().primaryKey(),
  title: text().notNull(),
  text: text().notNull(),
  services: jsonb().$type<string[]>().notNull(),
  /** Which of the month's days of that weekday: 1 to 4, or -1 for the last. */
  weeks: jsonb().$type<number[]>().notNull(),
  /** 1 is Monday. */
  weekday: integer().notNull(),
  /** Danish time, `HH:mm`; an end at or before the start is on the next day. */
  startClock: text().notNull(),
  endClock: text().notNull(),
  announceDays: integer().notNull(),
  firstDay: date().notNull(),
  writtenByName: text().notNull(),
  createdAt: instant().notNull(),
  endedAt: instant(),
});

/** The days of a series that have been announced, each by a notice of its own. */
export const windowSeriesDays = pgTable(
  "window_series_days",
  {
    seriesId: uuid()
      .notNull()
      .references(() => windowSeries.id),
    day: date().notNull(),
    noticeId: uuid()
      .notNull()
      .references(() => notices.id),
  },
  (table) => [primaryKey({ name: "window_series_days_day", columns: [table.seriesId, table.day] })],
);
