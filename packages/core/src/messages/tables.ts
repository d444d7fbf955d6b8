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

/** One envelope with its messages: taken in from a sender, or built here to answer or repeat another. */
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
    /** Sent to be tried, not for real: UNB 0035. */
    isTest: boolean().notNull().default(false),
    payloadSha256: text().notNull(),
    sizeBytes: integer().notNull(),
    receivedAt: instant().notNull(),
    /** Suppliers of the two sides when it was taken in: who may see it. */
    senderSupplierId: uuid().references(() => suppliers.id),
    receiverSupplierId: uuid().references(() => suppliers.id),
    actorKind: text().notNull(),
    actorId: text(),
    /** The interchange that this one answers, repeats or resends. */
    originId: uuid(),
    /** When its content was removed by the retention; null while it is kept. */
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

/** Places in line: what is taken in later has a higher one, in all processes. */
export const deliveryPlaces = pgSequence("delivery_places");

/** What goes to one endpoint or one mailbox from one interchange: the unit of sending, leasing and retrying. */
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
    /** After this instant it is given up: expired, and the sender told. */
    giveUpAt: instant().notNull(),
    attempts: integer().notNull().default(0),
    leaseToken: uuid(),
    leaseUntil: instant(),
    /** Which process holds the lease; for people. */
    leasedBy: text(),
    doneAt: instant(),
    /** Somebody named the endpoint: it does not follow the register when its location number moves. */
    isChosen: boolean().notNull().default(false),
    /** From whom, and the type of its letters in capitals (empty for several): with `receiver` the line in which it stands. */
    sender: text().notNull().default(""),
    messageType: text().notNull().default(""),
    /** Where it stands in line: as it was taken in; behind all others when it had ended and was revived. */
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
    /** Place in its interchange, from 1. */
    position: integer().notNull(),
    /** The message id: UNH 0062. */
    reference: text().notNull(),
    /** UNH S009 as it came: what a receipt repeats. */
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
    /** When the watchdog reports that it has stood too long in this state; null where it may stand for ever. */
    deadlineAt: instant(),
    reason: text().$type<MessageReason>(),
    deliveryId: uuid().references(() => deliveries.id),
    senderSupplierId: uuid().references(() => suppliers.id),
    receiverSupplierId: uuid().references(() => suppliers.id),
    /** The receipt that answered it. */
    receiptMessageId: uuid(),
    /** For a receipt: the interchange that it answers. For a resent message: the message that it repeats. */
    originId: uuid(),
    /** What is odd about its receipt, or about it as a receipt; for people to look at. */
    receiptFlag: text({ enum: receiptFlags }),
    /** Of a negative receipt that a receiver reported: the keyed hash of reason and text, by which the same is known again. */
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

/** What happened to a message; only ever added. */
export const messageEvents = pgTable(
  "message_events",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** The transaction that wrote it: what feed offsets given by earlier versions name. */
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
    /** Where it was tried, which the delivery may have left since; null for attempts from before this was kept. */
    endpointId: uuid().references(() => endpoints.id),
    number: integer().notNull(),
    startedAt: instant().notNull(),
    latencyMilliseconds: integer().notNull(),
    outcome: text().$type<OutcomeKind>().notNull(),
    status: integer(),
    /** Why no answer came, such as `ECONNREFUSED`; never text of the other side. */
    error: text(),
    /** The first characters of the answer's body, for the endpoint's own supplier alone. */
    responseExcerpt: text(),
    worker: text().notNull(),
  },
  (table) => [index("delivery_attempts_delivery").on(table.deliveryId, table.number)],
);

/** One row per endpoint that has been delivered to: its circuit breaker, and the lock under which its work is taken. */
export const endpointQueues = pgTable("endpoint_queues", {
  endpointId: uuid()
    .primaryKey()
    .references(() => endpoints.id),
  failuresInRow: integer().notNull().default(0),
  firstFailureAt: instant(),
  /** Until then nothing is sent; after it one probe goes first. */
  openUntil: instant(),
  lastSuccessAt: instant(),
  lastFailureAt: instant(),
  /** Receiver, sender and type of the line that was served last in turn: the next comes after it. */
  lastLine: text().array(),
});

/** What the attempts of an hour came to, per endpoint: what its success rate is counted from. Kept for eight days. */
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

/** Ids seen between two parties, with the first that carried them (MedCom's four cases), and ids within what was carried. */
export const seenReferences = pgTable(
  "seen_references",
  {
    kind: text({ enum: ["envelope", "message", "carried"] }).notNull(),
    sender: text().notNull(),
    receiver: text().notNull(),
    reference: text().notNull(),
    /** The message type under which a message id was used (DIS01); empty for envelope ids; form and message of what was carried. */
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
