import { index, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { newsArticles } from "../news/tables.ts";

const instant = () => timestamp({ withTimezone: true });

/** Issues of the newsletter: drafts until they are sent, and unchanged from then on. */
export const newsletters = pgTable("newsletters", {
  id: uuid().primaryKey(),
  /** Its number in the archive, given when it is sent. */
  number: integer().unique(),
  title: text().notNull(),
  /** Markdown. */
  intro: text().notNull(),
  createdAt: instant().notNull(),
  changedAt: instant().notNull(),
  /** Raised by every save. */
  version: integer().notNull(),
  sentAt: instant(),
  /** When its receivers were written into the outbox, and how many they were. */
  spreadAt: instant(),
  receivers: integer(),
});

/** The articles of an issue, in order, as they were when it was sent. */
export const newsletterArticles = pgTable(
  "newsletter_articles",
  {
    newsletterId: uuid()
      .notNull()
      .references(() => newsletters.id, { onDelete: "cascade" }),
    articleId: uuid()
      .notNull()
      .references(() => newsArticles.id, { onDelete: "cascade" }),
    position: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.newsletterId, table.articleId] }),
    index("newsletter_articles_article").on(table.articleId),
  ],
);
