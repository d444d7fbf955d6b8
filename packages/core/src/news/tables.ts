import { sql } from "drizzle-orm";
import { boolean, customType, index, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { fileTypes } from "./file-type.ts";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const instant = () => timestamp({ withTimezone: true });

/** Articles, drafts among them: public from `publishAt` on. */
export const newsArticles = pgTable(
  "news_articles",
  {
    id: uuid().primaryKey(),
    /** Its address below /nyheder. */
    slug: text().notNull().unique(),
    title: text().notNull(),
    summary: text().notNull(),
    /** Markdown. */
    text: text().notNull(),
    tags: text().array().notNull().default(sql`'{}'`),
    /** Null for a draft; in the future for a planned one. */
    publishAt: instant(),
    /** Whether subscribers are told when it is published. */
    isMailed: boolean().notNull(),
    /** When subscribers were told, or it was settled that they are not. */
    spreadAt: instant(),
    createdAt: instant().notNull(),
    /** When its content last changed. */
    changedAt: instant().notNull(),
    /** Raised by every save, so that two authors do not overwrite each other. */
    version: integer().notNull(),
  },
  (table) => [
    index("news_articles_published").on(table.publishAt),
    index("news_articles_to_spread").on(table.publishAt).where(sql`${table.spreadAt} is null`),
  ],
);

/** Addresses that an article had before. */
export const newsOldAddresses = pgTable("news_old_addresses", {
  slug: text().primaryKey(),
  articleId: uuid()
    .notNull()
    .references(() => newsArticles.id, { onDelete: "cascade" }),
});

/** What was corrected in a public article, as readers are told. */
export const newsCorrections = pgTable(
  "news_corrections",
  {
    id: uuid().primaryKey(),
    articleId: uuid()
      .notNull()
      .references(() => newsArticles.id, { onDelete: "cascade" }),
    at: instant().notNull(),
    text: text().notNull(),
  },
  (table) => [index("news_corrections_article").on(table.articleId, table.at)],
);

/** Pictures and attachments of articles. */
export const newsFiles = pgTable(
  "news_files",
  {
    id: uuid().primaryKey(),
    articleId: uuid()
      .notNull()
      .references(() => newsArticles.id, { onDelete: "cascade" }),
    name: text().notNull(),
    type: text({ enum: fileTypes }).notNull(),
    sizeBytes: integer().notNull(),
    /** Hexadecimal. */
    sha256: text().notNull(),
    /** The text of a picture for those who do not see it, the title of an attachment. */
    description: text().notNull(),
    addedAt: instant().notNull(),
    bytes: bytea().notNull(),
  },
  (table) => [index("news_files_article").on(table.articleId, table.addedAt)],
);
