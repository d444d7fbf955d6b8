import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { endpoints, suppliers } from "../endpoints/tables.ts";
import { instant, xid8 } from "./column-types.ts";
import {
  deliveryStates,
  type MessageEvent,
  type MessageReason,
  messageStates,
  type OutcomeKind,
  receiptFlags,
} from "./states.ts";

/** One envelope with its messages: accepted from a sender, or built by the gateway to answer or repeat another. */
export const interchanges = pgTable(
  "interchanges",
  {
    id: uuid().primaryKey(),
    kind: text({ enum: ["received", "receipt", "repeated-receipt", "resent"] }).notNull(),
    format: text({ enum: ["EDIFACT", "XML", "VANSEnvelope", "SBDH", "FHIR"] }).notNull(),
    /** Media type with charset, as it is delivered. */
    contentType: text().notNull(),
    sender: text().notNull(),
    senderQualifier: text(),
    receiver: text().notNull(),
    receiverQualifier: text(),
    /** The envelope id: UNB 0020. */
    controlReference: text().notNull(),
    acknowledgementRequested: boolean().notNull(),
    /** Sent as a test: UNB 0035. */
    isTest: boolean().notNull().default(false),
    payloadSha256: text().notNull(),
    sizeBytes: integer().notNull(),
    receivedAt: instant().notNull(),
    /** Suppliers of the two sides at acceptance: who may see it. */
    senderSupplierId: uuid().references(() => suppliers.id),
    receiverSupplierId: uuid().references(() => suppliers.id),
    actorKind: text().notNull(),
    actorId: text(),
    /** The interchange that this one answers, repeats or resends. */
    originId: uuid(),
    /** When its content was pruned; null while it is kept. */
    payloadPrunedAt: instant(),
  },
  (table) => [
    index("interchanges_kept").on(table.receivedAt).where(sql`${table.payloadPrunedAt} is null`),
    index("interchanges_received").on(table.receivedAt, table.id),
    index("interchanges_sender").on(table.sender, table.receivedAt),
    index("interchanges_receiver").on(table.receiver, table.receivedAt),
    index("interchanges_sender_supplier").on(table.senderSupplierId, table.receivedAt, table.id),
    index("interchanges_receiver_supplier").on(table.receiverSupplierId, table.receivedAt, table.id),
    index("interchanges_reference").on(table.controlReference),
    index("interchanges_origin").on(table.originId).where(sql`${table.originId} is not null`),
    index("interchanges_payload").on(table.payloadSha256),
  ],
);

/** Places in the queue: what is accepted later has a higher one, over all processes. */
export const deliveryPlaces = pgSequence("delivery_places");

/** The messages of one interchange for one endpoint or mailbox: the unit of sending, leasing and retrying. */
export const deliveries = pgTable(
  "deliveries",
  {
    id: uuid().primaryKey(),
    interchangeId: uuid()
      .notNull()
      .references(() => interchanges.id),
    transport: text({ enum: ["webhook", "mailbox", "folder"] }).notNull(),
    /** Null for the mailbox that every sender has for its receipts. */
    endpointId: uuid().references(() => endpoints.id),
    /** The location number whose mailbox it is, or to which the webhook's messages are addressed. */
    receiver: text().notNull(),
    payloadSha256: text().notNull(),
    sizeBytes: integer().notNull(),
    contentType: text().notNull(),
    state: text({ enum: deliveryStates }).notNull(),
    createdAt: instant().notNull(),
    nextAttemptAt: instant().notNull(),
    /** After this instant it expires, and the sender is notified. */
    giveUpAt: instant().notNull(),
    attempts: integer().notNull().default(0),
    leaseToken: uuid(),
    leaseUntil: instant(),
    /** Name of the process that holds the lease; for operators. */
    leasedBy: text(),
    doneAt: instant(),
    /** A user chose the endpoint: it does not follow the register when its location number moves. */
    isChosen: boolean().notNull().default(false),
    /**
     * The sender, and the message type in upper case (empty for several types): together with `receiver`, the line it is queued
     * in.
     */
    sender: text().notNull().default(""),
    messageType: text().notNull().default(""),
    /** Place in the queue: the order of acceptance; last when it had ended and was revived. */
    place: bigint({ mode: "number" }).notNull().default(sql`nextval('delivery_places')`),
  },
  (table) => [
    index("deliveries_due")
      .on(table.endpointId, table.nextAttemptAt)
      .where(sql`${table.state} = 'waiting' and ${table.transport} <> 'mailbox'`),
    index("deliveries_mailbox")
      .on(table.receiver, table.createdAt, table.id)
      .where(sql`${table.state} = 'waiting' and ${table.transport} = 'mailbox'`),
    index("deliveries_give_up").on(table.giveUpAt).where(sql`${table.state} in ('waiting', 'held')`),
    index("deliveries_leased").on(table.endpointId).where(sql`${table.leaseUntil} is not null`),
    index("deliveries_open").on(table.state, table.createdAt).where(sql`${table.state} <> 'done'`),
    index("deliveries_interchange").on(table.interchangeId),
    index("deliveries_line")
      .on(table.endpointId, table.receiver, table.sender, table.messageType, table.place, table.id)
      .where(sql`${table.state} in ('waiting', 'held') and ${table.endpointId} is not null`),
  ],
);

const receiptIsOverdue = sql`state = 'delivered' and acknowledgement_requested and deadline_at is null`;
export const messages = pgTable(
  "messages",
  {
    id: uuid().primaryKey(),
    interchangeId: uuid()
      .notNull()
      .references(() => interchanges.id),
    /** Position in its interchange, from 1. */
    position: integer().notNull(),
    /** The message id: UNH 0062. */
    reference: text().notNull(),
    /** UNH S009 as received: a receipt repeats it. */
    unhIdentifier: text().notNull(),
    messageType: text().notNull(),
    version: text().notNull(),
    sender: text().notNull(),
    receiver: text().notNull(),
    receivedAt: instant().notNull(),
    acknowledgementRequested: boolean().notNull(),
    /** As its interchange. */
    isTest: boolean().notNull().default(false),
    state: text({ enum: messageStates }).notNull(),
    stateSince: instant().notNull(),
    /** When the watchdog reports that it has been in this state too long; null when there is no limit. */
    deadlineAt: instant(),
    reason: text().$type<MessageReason>(),
    deliveryId: uuid().references(() => deliveries.id),
    senderSupplierId: uuid().references(() => suppliers.id),
    receiverSupplierId: uuid().references(() => suppliers.id),
    /** The receipt that answered it. */
    receiptMessageId: uuid(),
    /** For a receipt: the interchange that it answers. For a resent message: the message that it repeats. */
    originId: uuid(),
    /** Anomaly of its receipt, or of itself as a receipt; to be shown to people. */
    receiptFlag: text({ enum: receiptFlags }),
    /** Of a negative receipt that a receiver reported: the keyed hash of reason and text, which identifies a repetition. */
    saidMark: text(),
  },
  (table) => [
    uniqueIndex("messages_position").on(table.interchangeId, table.position),
    index("messages_received").on(table.receivedAt, table.id),
    index("messages_sender").on(table.sender, table.receivedAt),
    index("messages_receiver").on(table.receiver, table.receivedAt),
    index("messages_sender_supplier").on(table.senderSupplierId, table.receivedAt, table.id),
    index("messages_receiver_supplier").on(table.receiverSupplierId, table.receivedAt, table.id),
    index("messages_reference").on(table.reference),
    index("messages_receipt_flag")
      .on(table.receiptFlag, table.receivedAt)
      .where(sql`${table.receiptFlag} is not null`),
    index("messages_delivery").on(table.deliveryId),
    index("messages_state").on(table.state, table.stateSince),
    index("messages_deadline").on(table.deadlineAt).where(sql`${table.deadlineAt} is not null`),
    index("messages_receipt_overdue").on(table.stateSince).where(receiptIsOverdue),
    index("messages_origin").on(table.originId).where(sql`${table.originId} is not null`),
  ],
);

/** What happened to a message; append-only. */
export const messageEvents = pgTable(
  "message_events",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** The transaction that wrote it: feed offsets issued by earlier versions refer to it. */
    xid: xid8().notNull().default(sql`pg_current_xact_id()`),
    messageId: uuid()
      .notNull()
      .references(() => messages.id),
    at: instant().notNull(),
    event: text().$type<MessageEvent>().notNull(),
    fromState: text({ enum: messageStates }),
    toState: text({ enum: messageStates }).notNull(),
    /** Codes, ids and counts; never content. */
    detail: jsonb().$type<Record<string, string | number | boolean | null>>(),
    actorKind: text().notNull(),
    actorId: text(),
  },
  (table) => [index("message_events_message").on(table.messageId, table.id)],
);

export const deliveryAttempts = pgTable(
  "delivery_attempts",
  {
    id: uuid().primaryKey(),
    deliveryId: uuid()
      .notNull()
      .references(() => deliveries.id),
    /**
     * Endpoint of the attempt, which may differ from the delivery's current one; null for attempts from before this was stored.
     */
    endpointId: uuid().references(() => endpoints.id),
    number: integer().notNull(),
    startedAt: instant().notNull(),
    latencyMilliseconds: integer().notNull(),
    outcome: text().$type<OutcomeKind>().notNull(),
    status: integer(),
    /** Why no answer was received, such as `ECONNREFUSED`; never text of the other side. */
    error: text(),
    /** The beginning of the answer's body, for the endpoint's own supplier alone. */
    responseExcerpt: text(),
    worker: text().notNull(),
  },
  (table) => [index("delivery_attempts_delivery").on(table.deliveryId, table.number)],
);

/** One row per endpoint: its circuit breaker, and the lock under which its deliveries are taken. */
export const endpointQueues = pgTable("endpoint_queues", {
  endpointId: uuid()
    .primaryKey()
    .references(() => endpoints.id),
  failuresInRow: integer().notNull().default(0),
  firstFailureAt: instant(),
  /** Nothing is sent before; afterwards one probe goes first. */
  openUntil: instant(),
  lastSuccessAt: instant(),
  lastFailureAt: instant(),
  /** Receiver, sender and type of the line that was served last: round-robin continues after it. */
  lastLine: text().array(),
});

/** Counts of attempts by outcome, per endpoint and hour: the basis of its success rate. Kept for eight days. */
export const endpointHours = pgTable(
  "endpoint_hours",
  {
    endpointId: uuid()
      .notNull()
      .references(() => endpoints.id),
    hour: instant().notNull(),
    delivered: integer().notNull(),
    refused: integer().notNull(),
    failed: integer().notNull(),
  },
  (table) => [primaryKey({ name: "endpoint_hours_key", columns: [table.endpointId, table.hour] })],
);

/**
 * Ids seen between two parties, with the first interchange and message that had them (MedCom's four cases), and ids within
 * carried content.
 */
export const seenReferences = pgTable(
  "seen_references",
  {
    kind: text({ enum: ["envelope", "message", "carried"] }).notNull(),
    sender: text().notNull(),
    receiver: text().notNull(),
    reference: text().notNull(),
    /** Of a message id, its message type (DIS01); empty for envelope ids; of a carried id, its form and message. */
    scope: text().notNull(),
    interchangeId: uuid().notNull(),
    messageId: uuid(),
    seenAt: instant().notNull(),
  },
  (table) => [
    primaryKey({
      name: "seen_references_key",
      columns: [table.sender, table.receiver, table.reference, table.kind, table.scope],
    }),
    index("seen_references_seen").on(table.seenAt),
  ],
);
