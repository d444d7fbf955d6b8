import { sql } from "drizzle-orm";
import {
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
import { endpoints, suppliers } from "../endpoints/tables.ts";
import { sendingColumns } from "../queue/tables.ts";
import { digests } from "./due-time.ts";
import { alertKinds, alertSeverities } from "./kinds.ts";
import { subscriptionStates } from "./schemas.ts";

const instant = () => timestamp({ withTimezone: true });

/** Counts, ages and codes with more about it; never content, persons or location numbers. */
export type AlertFacts = Record<string, string | number | boolean | null>;

/** One row per occurrence of a fault: seen, open, closed. At most one of a fault is not closed. */
export const alertIncidents = pgTable(
  "alert_incidents",
  {
    id: uuid().primaryKey(),
    kind: text({ enum: alertKinds }).notNull(),
    /** The subject of the fault: `endpoint:…`, `supplier:…`, `node:…` or `gateway`. */
    subject: text().notNull(),
    /** The owner; null for the gateway's own. */
    supplierId: uuid().references(() => suppliers.id),
    endpointId: uuid().references(() => endpoints.id),
    severity: text({ enum: alertSeverities }).notNull(),
    state: text({ enum: ["pending", "open", "closed"] }).notNull(),
    firstSeenAt: instant().notNull(),
    openedAt: instant(),
    clearSince: instant(),
    closedAt: instant(),
    flaps: integer().notNull().default(0),
    facts: jsonb().$type<AlertFacts>().notNull(),
  },
  (table) => [
    uniqueIndex("alert_incidents_present")
      .on(table.kind, table.subject)
      .where(sql`${table.state} <> 'closed'`),
    index("alert_incidents_opened").on(table.openedAt, table.id),
    index("alert_incidents_last").on(table.kind, table.subject, table.closedAt),
  ],
);

/** Faults that a process reported of itself and others cannot see: valid until `until` unless cleared. */
export const alertSignals = pgTable(
  "alert_signals",
  {
    kind: text({ enum: alertKinds }).notNull(),
    subject: text().notNull(),
    until: instant().notNull(),
    facts: jsonb().$type<AlertFacts>().notNull(),
  },
  (table) => [primaryKey({ name: "alert_signals_kind_subject", columns: [table.kind, table.subject] })],
);

export const alertSubscriptions = pgTable(
  "alert_subscriptions",
  {
    id: uuid().primaryKey(),
    supplierId: uuid().references(() => suppliers.id),
    name: text().notNull(),
    channel: text({ enum: ["mail", "webhook", "feed"] }).notNull(),
    /** Null for a feed, and after a mail address was unsubscribed. */
    address: text(),
    kinds: text({ enum: alertKinds }).array().notNull(),
    leastSeverity: text({ enum: alertSeverities }).notNull(),
    endpointIds: uuid().array().notNull(),
    digest: text({ enum: digests }).notNull(),
    quietFrom: text(),
    quietTo: text(),
    state: text({ enum: subscriptionStates }).notNull(),
    /** Of a webhook (Standard Webhooks), encrypted. */
    signingSecrets: text().array().notNull().default(sql`'{}'`),
    /** SHA-256 of the code that confirms the address, or of the token in a feed's address. */
    secretHash: text(),
    confirmBefore: instant(),
    confirmTries: integer().notNull().default(0),
    refusalsInRow: integer().notNull().default(0),
    createdAt: instant().notNull(),
    lastPackedAt: instant(),
    lastSentAt: instant(),
  },
  (table) => [
    index("alert_subscriptions_supplier").on(table.supplierId),
    uniqueIndex("alert_subscriptions_feed").on(table.secretHash).where(sql`${table.channel} = 'feed'`),
  ],
);

/**
 * Requested confirmations, stored apart from the receivers: removing a receiver and adding it again does not reset the limit. The
 * address is a keyed hash; kept for a month.
 */
export const alertConfirmations = pgTable(
  "alert_confirmations",
  {
    id: uuid().primaryKey(),
    addressHash: text().notNull(),
    /** Who requested it; null for the gateway's own. */
    supplierId: uuid().references(() => suppliers.id),
    askedAt: instant().notNull(),
  },
  (table) => [
    index("alert_confirmations_address").on(table.addressHash, table.askedAt),
    index("alert_confirmations_supplier").on(table.supplierId, table.askedAt),
    index("alert_confirmations_asked").on(table.askedAt),
  ],
);

/** The outbox: one row per message to one receiver. */
export const alertMessages = pgTable(
  "alert_messages",
  {
    id: uuid().primaryKey(),
    subscriptionId: uuid()
      .notNull()
      .references(() => alertSubscriptions.id, { onDelete: "cascade" }),
    purpose: text({ enum: ["incidents", "confirmation", "test"] }).notNull(),
    state: text({ enum: ["waiting", "sent", "failed", "expired", "cancelled"] }).notNull(),
    content: jsonb().$type<AlertContent>().notNull(),
    ...sendingColumns(),
    giveUpAt: instant().notNull(),
    lastError: text(),
    /** SHA-256 of the tokens in its unsubscribe links, one for each attempt. */
    tokenHashes: text().array().notNull().default(sql`'{}'`),
  },
  (table) => [
    index("alert_messages_due").on(table.nextAttemptAt).where(sql`${table.state} = 'waiting'`),
    index("alert_messages_subscription").on(table.subscriptionId, table.createdAt),
    index("alert_messages_tokens").using("gin", table.tokenHashes),
  ],
);

/** Stored when it was made, so that every attempt has the same content. */
export type AlertContent = {
  subject: string;
  text: string;
  html: string;
  /** Body of a webhook. */
  json: string;
  /** Earlier messages about the same incidents, for threading in mail clients. */
  references: readonly string[];
};

/** A notice that one incident opened or closed, for one receiver: at most one each. */
export const alertNotices = pgTable(
  "alert_notices",
  {
    incidentId: uuid()
      .notNull()
      .references(() => alertIncidents.id, { onDelete: "cascade" }),
    subscriptionId: uuid()
      .notNull()
      .references(() => alertSubscriptions.id, { onDelete: "cascade" }),
    phase: text({ enum: ["opened", "closed"] }).notNull(),
    dueAt: instant().notNull(),
    /** The message that includes it; null until there is one. */
    messageId: uuid().references(() => alertMessages.id, { onDelete: "cascade" }),
  },
  (table) => [
    primaryKey({
      name: "alert_notices_once",
      columns: [table.incidentId, table.subscriptionId, table.phase],
    }),
    index("alert_notices_due").on(table.dueAt).where(sql`${table.messageId} is null`),
    index("alert_notices_message").on(table.messageId),
  ],
);
