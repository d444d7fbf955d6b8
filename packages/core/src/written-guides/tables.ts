import { integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

const instant = () => timestamp({ withTimezone: true });

/** Guides that the authority writes, beside those of the repository. */
export const writtenGuides = pgTable("written_guides", {
  id: uuid().primaryKey(),
  /** Its address below /vejledninger. */
  slug: text().notNull().unique(),
  title: text().notNull(),
  /** Markdown. */
  text: text().notNull(),
  /** Null while it is a draft, and after it was withdrawn. */
  publishedAt: instant(),
  changedAt: instant().notNull(),
  version: integer().notNull(),
});

/** Every version of a guide that readers have seen. */
export const writtenGuideVersions = pgTable(
  "written_guide_versions",
  {
    guideId: uuid()
      .notNull()
      .references(() => writtenGuides.id),
    version: integer().notNull(),
    title: text().notNull(),
    text: text().notNull(),
    /** What is new in it. */
    note: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.guideId, table.version] })],
);
