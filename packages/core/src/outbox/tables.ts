import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { sendingColumns } from "../queue/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";

const instant = () => timestamp({ withTimezone: true });

/** Stored when it was made, so that every attempt has the same content. */
export type OutboxContent = {
  subject: string;
  text: string;
  html: string;
  /** Body of a webhook. */
  json: string;
  /** Earlier messages about the same events, or what they are about, for threading in mail clients. */
  references: readonly string[];
};

/** One row per message to one receiver. */
export const outboxMessages = pgTable(
  "outbox_messages",
  {
    id: uuid().primaryKey(),
    subscriptionId: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: "cascade" }),
    purpose: text({ enum: ["events", "confirmation", "test"] }).notNull(),
    state: text({ enum: ["waiting", "sent", "failed", "expired", "cancelled"] }).notNull(),
    content: jsonb().$type<OutboxContent>().notNull(),
    ...sendingColumns(),
    giveUpAt: instant().notNull(),
    lastError: text(),
    /** When it was sent back after it had been taken, and its status (RFC 3463). */
    bouncedAt: instant(),
    bounceStatus: text(),
    /** SHA-256 of the tokens in its links, one for each attempt. */
    tokenHashes: text().array().notNull().default(sql`'{}'`),
  },
  (table) => [
    index("outbox_messages_due").on(table.nextAttemptAt).where(sql`${table.state} = 'waiting'`),
    index("outbox_messages_subscription").on(table.subscriptionId, table.createdAt),
    index("outbox_messages_tokens").using("gin", table.tokenHashes),
  ],
);

/** What one receiver is to be told of: each phase of each event at most once, whoever writes it. */
export const outboxEvents = pgTable(
  "outbox_events",
  {
    /** The incident of an alert, or the update of a notice. */
    eventId: uuid().notNull(),
    subscriptionId: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: "cascade" }),
    phase: text({ enum: ["opened", "closed", "published", "reminder"] }).notNull(),
    dueAt: instant().notNull(),
    /** The message that includes it; null until there is one. */
    messageId: uuid().references(() => outboxMessages.id, { onDelete: "cascade" }),
  },
  (table) => [
    primaryKey({
      name: "outbox_events_once",
      columns: [table.eventId, table.subscriptionId, table.phase],
    }),
    index("outbox_events_waiting")
      .on(table.subscriptionId, table.dueAt)
      .where(sql`${table.messageId} is null`),
    index("outbox_events_message").on(table.messageId),
  ],
);

/** What became of messages that are deleted, by event. */
export const outboxFigures = pgTable(
  "outbox_figures",
  {
    eventId: uuid().notNull(),
    outcome: text({ enum: ["sent", "bounced", "expired", "unsubscribed"] }).notNull(),
    count: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.outcome] })],
);

/** Mail to one person who subscribes to nothing. */
export const letters = pgTable(
  "letters",
  {
    id: uuid().primaryKey(),
    purpose: text({ enum: ["enquiry", "receipt", "newsletter-test"] }).notNull(),
    to: text().notNull(),
    replyTo: text(),
    /** Encrypted. */
    content: jsonb().$type<OutboxContent>().notNull(),
    state: text({ enum: ["waiting", "failed"] }).notNull(),
    ...sendingColumns(),
    giveUpAt: instant().notNull(),
  },
  (table) => [index("letters_due").on(table.nextAttemptAt).where(sql`${table.state} = 'waiting'`)],
);

/** Mail of a demo without a mail server, as it would have been sent; the newest few hundred. */
export const caughtMails = pgTable(
  "caught_mails",
  {
    /** Of the message, so that a mail sent again is caught once. */
    id: uuid().primaryKey(),
    sentTo: text().notNull(),
    subject: text().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull(),
    text: text().notNull(),
    html: text(),
    caughtAt: instant().notNull(),
  },
  (table) => [index("caught_mails_at").on(table.caughtAt)],
);
