import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { suppliers } from "../endpoints/tables.ts";
import { channels, digests, subscriptionStates, topics } from "./topics.ts";

const instant = () => timestamp({ withTimezone: true });

/** Who is told of what, how and how often: one row per receiver and topic. */
export const subscriptions = pgTable(
  "subscriptions",
  {
    id: uuid().primaryKey(),
    topic: text({ enum: topics }).notNull(),
    /** Whose receiver it is; null for the gateway's own and for the public. */
    supplierId: uuid().references(() => suppliers.id),
    name: text().notNull(),
    channel: text({ enum: channels }).notNull(),
    /** Null for a feed, and after a mail address was unsubscribed. */
    address: text(),
    /** What of the topic the receiver wants; its form belongs to the topic. */
    wishes: jsonb().$type<unknown>().notNull(),
    /** The language of its messages; null: both. */
    language: text({ enum: ["da", "en"] }),
    digest: text({ enum: digests }).notNull(),
    quietFrom: text(),
    quietTo: text(),
    state: text({ enum: subscriptionStates }).notNull(),
    /** Of a webhook (Standard Webhooks), encrypted. */
    signingSecrets: text().array().notNull().default(sql`'{}'`),
    /** SHA-256 of the code or link that confirms the address, or of the token in a feed's address. */
    secretHash: text(),
    confirmBefore: instant(),
    confirmTries: integer().notNull().default(0),
    confirmedAt: instant(),
    /** Which text the subscriber agreed to; null for receivers with an account. */
    consentVersion: text(),
    refusalsInRow: integer().notNull().default(0),
    createdAt: instant().notNull(),
    lastPackedAt: instant(),
    lastSentAt: instant(),
  },
  (table) => [
    index("subscriptions_supplier").on(table.supplierId),
    index("subscriptions_topic").on(table.topic, table.state),
    index("subscriptions_secret").on(table.secretHash),
    uniqueIndex("subscriptions_feed").on(table.secretHash).where(sql`${table.channel} = 'feed'`),
    // The public has at most one confirmed subscription to a topic for each address.
    uniqueIndex("subscriptions_public_address")
      .on(table.topic, sql`lower(${table.address})`)
      .where(sql`${table.consentVersion} is not null and ${table.state} <> 'pending'`),
  ],
);

/**
 * Requested confirmations, stored apart from the receivers: removing a receiver and adding it again does not reset the limit. The
 * address and the network are keyed hashes; kept for a month.
 */
export const subscriptionConfirmations = pgTable(
  "subscription_confirmations",
  {
    id: uuid().primaryKey(),
    addressHash: text().notNull(),
    /** Who requested it; null for the gateway's own and for the public. */
    supplierId: uuid().references(() => suppliers.id),
    /** The network of a request by the public; null for receivers with an account. */
    networkHash: text(),
    askedAt: instant().notNull(),
  },
  (table) => [
    index("subscription_confirmations_address").on(table.addressHash, table.askedAt),
    index("subscription_confirmations_supplier").on(table.supplierId, table.askedAt),
    index("subscription_confirmations_network").on(table.networkHash, table.askedAt),
    index("subscription_confirmations_asked").on(table.askedAt),
  ],
);
