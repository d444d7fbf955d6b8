import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { queryNumber, RoutedGln, Uuid } from "../identifiers/index.ts";
import { instantText } from "../validity/index.ts";
import { messageEvents, messageReasons, messageStates, receiptFlags } from "./states.ts";

const instant = () => z.iso.datetime();
const Id = Uuid;

/** Cursor of a list ordered by time: instant and id of the last item. */
export const ListCursor = z.tuple([instantText({ offset: false }), Uuid]);

/** The client's name for a request, which makes it idempotent (Idempotency-Key). */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "printable-ascii" satisfies Fault)
  .meta({
    id: "IdempotencyKey",
    description: "Names a request and makes it idempotent: repeating it has no further effect",
    examples: ["9f1c"],
  });

export const MessageState = z
  .enum(messageStates)
  .meta({ id: "MessageState", description: "State of a message; a closed set" });
export type MessageState = z.infer<typeof MessageState>;

export const MessageReason = z.enum(messageReasons).meta({
  id: "MessageReason",
  description:
    "Why a message was not carried. MedCom's: LOK unknown location number, VER type or version not received, SYN syntax error, MID problem with the receiver's id, NC not specified",
});
export type MessageReason = z.infer<typeof MessageReason>;

export const ReceiptFlag = z.enum(receiptFlags).meta({
  id: "ReceiptFlag",
  description:
    "Anomaly of a receipt: late, it arrived after it was due; unknown, it answers no known message; contradictory, it contradicts an earlier one",
});
export type ReceiptFlag = z.infer<typeof ReceiptFlag>;

const isTest = z.boolean().meta({ description: "Sent as a test (UNB 0035)" });

/** A message, as in a list or in its interchange. */
export const MessageSummary = z
  .object({
    id: Id,
    interchangeId: Id,
    position: z.int().min(1).meta({ description: "Position in its interchange" }),
    reference: z.string().meta({ description: "Message id (UNH 0062)" }),
    messageType: z.string(),
    version: z.string(),
    sender: z.string(),
    receiver: z.string(),
    state: MessageState,
    stateSince: instant(),
    reason: MessageReason.nullable(),
    receivedAt: instant(),
    receiptFlag: ReceiptFlag.nullable(),
    isTest,
  })
  .meta({ id: "MessageSummary", description: "A message and its state" });
export type MessageSummary = z.infer<typeof MessageSummary>;

const finding = z
  .object({
    code: z.string(),
    iso: z.int().optional().meta({ description: "Syntax error code (ISO 9735, 0085)" }),
    severity: z.enum(["error", "warning", "info"]),
    at: z.object({
      interchange: z.int(),
      message: z.int().optional(),
      segment: z.int().optional(),
      element: z.int().optional(),
      component: z.int().optional(),
      path: z.string().optional().meta({ description: "XML and FHIR: the element" }),
      isCarried: z.literal(true).optional().meta({
        description: "The place is within the carried content, and relative to it",
      }),
      offset: z.int(),
    }),
    textDa: z.string(),
    textEn: z.string(),
  })
  .meta({ id: "Finding", description: "An error or warning, and its place; never content" });

/** An interchange with the states of its messages. */
export const InterchangeView = z
  .object({
    id: Id,
    kind: z.enum(["received", "receipt", "repeated-receipt", "resent"]),
    format: z.enum(["EDIFACT", "XML", "VANSEnvelope", "SBDH", "FHIR"]),
    sender: z.string(),
    receiver: z.string(),
    controlReference: z.string().meta({ description: "Envelope id (UNB 0020)" }),
    acknowledgementRequested: z.boolean(),
    isTest,
    sizeBytes: z.int(),
    sha256: z.string(),
    receivedAt: instant(),
    originId: Id.nullable().meta({ description: "The interchange that it answers, repeats or resends" }),
    messages: z.array(MessageSummary),
  })
  .meta({ id: "Interchange", description: "One envelope and its messages" });
export type InterchangeView = z.infer<typeof InterchangeView>;

/** The answer to an accepted submission. */
export const AcceptedInterchange = InterchangeView.extend({
  duplicate: z.enum(["duplicate", "receipt-lost"]).optional().meta({
    description:
      "The submission, or its messages, had been seen before; the states of the first are shown (MedCom document 032)",
  }),
  contentDiffers: z.boolean().optional().meta({
    description:
      "Of a duplicate: its bytes differ from those of the first. They were ignored; changed content needs new ids",
  }),
  notes: z.array(finding).meta({
    description: "All findings: errors caused a refusal, the others did not",
  }),
}).meta({
  id: "AcceptedInterchange",
  description: "A submission that the gateway has accepted responsibility for",
});
export type AcceptedInterchange = z.infer<typeof AcceptedInterchange>;

export const InterchangeReport = z
  .object({
    isAcceptable: z.boolean().meta({
      description: "Sending it would be answered 202, and none of its messages would be refused",
    }),
    fault: z
      .enum([
        "format-not-taken",
        "no-envelope",
        "several-envelopes",
        "envelope-incomplete",
        "no-messages",
        "too-many-parties",
        "parties-not-separable",
        "sender-not-allowed",
        "envelope-reused",
      ])
      .nullable()
      .meta({
        description:
          "Why sending it would be refused as a whole: `fault` of that problem. null: it would be answered 202",
      }),
    format: z.string().nullable(),
    sender: z.string().nullable(),
    receiver: z.string().nullable(),
    controlReference: z.string().nullable(),
    isTest,
    messages: z.array(
      z.object({
        position: z.int(),
        reference: z.string(),
        messageType: z.string().nullable(),
        version: z.string().nullable(),
        sender: z.string(),
        receiver: z.string(),
        isReceipt: z.boolean(),
        duplicate: z.enum(["new", "duplicate", "receipt-lost", "envelope-reused"]).nullable().meta({
          description:
            "MedCom's case (document 032), by what has been seen so far; null where the key may not send for the sender",
        }),
        state: MessageState.nullable().meta({
          description:
            "Its state when sending is answered; null where it would not be accepted as a new message",
        }),
        reason: MessageReason.nullable(),
        isBroken: z.boolean().meta({ description: "It would be refused for its syntax (SYN)" }),
        route: z
          .discriminatedUnion("found", [
            z.object({
              found: z.literal(true),
              transport: z.enum(["webhook", "mailbox", "folder"]),
              isPaused: z.boolean(),
            }),
            z.object({ found: z.literal(false), reason: z.enum(["LOK", "VER", "MID"]) }),
          ])
          .nullable()
          .meta({ description: "Where its type and version are routed; null where routing is not checked" }),
      }),
    ),
    findings: z.array(finding).meta({
      description:
        "Errors are what sending refuses; findings in carried content, or that only this check makes, are warnings",
    }),
  })
  .meta({ id: "InterchangeReport", description: "What sending it would result in; nothing is stored" });
export type InterchangeReport = z.infer<typeof InterchangeReport>;

export const AttemptView = z
  .object({
    number: z.int(),
    startedAt: instant(),
    latencyMilliseconds: z.int(),
    outcome: z.enum(["delivered", "refused", "failed", "unknown"]),
    status: z.int().nullable(),
    error: z.string().nullable(),
    responseExcerpt: z.string().nullable().meta({
      description:
        "The beginning of the answer's body, for the endpoint's own supplier (right `endpoints:read`); null for others",
    }),
  })
  .meta({ id: "DeliveryAttempt", description: "One attempt to deliver" });
export type AttemptView = z.infer<typeof AttemptView>;

export const EventView = z
  .object({
    id: z.int(),
    at: instant(),
    event: z.enum(messageEvents),
    from: MessageState.nullable(),
    to: MessageState,
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable(),
  })
  .meta({ id: "MessageEvent", description: "What happened to a message, and when" });
export type EventView = z.infer<typeof EventView>;

/** One message with where it goes and what happened to it. */
export const MessageView = MessageSummary.extend({
  acknowledgementRequested: z.boolean(),
  deadlineAt: instant().nullable(),
  originId: Id.nullable(),
  receiptMessageId: Id.nullable(),
  delivery: z
    .object({
      id: Id,
      transport: z.enum(["webhook", "mailbox", "folder"]),
      endpointId: Id.nullable(),
      state: z.enum(["waiting", "held", "done", "dead", "expired", "cancelled"]),
      attempts: z.int(),
      nextAttemptAt: instant().nullable(),
      giveUpAt: instant(),
      doneAt: instant().nullable(),
      behindMessageId: Id.nullable().meta({
        description: "At an ordered endpoint: the message at the head of the line in which it waits",
      }),
    })
    .nullable(),
  states: z.array(z.object({ state: MessageState, at: instant() })),
}).meta({ id: "Message", description: "A message, its route and the history of its states" });
export type MessageView = z.infer<typeof MessageView>;

/** How many deliveries to take from a mailbox, and for how long to lease them. */
export const MailboxQuestion = z
  .object({
    limit: queryNumber(1, 100).default(10),
    visibilityTimeoutSeconds: queryNumber(0, 43_200).default(300).meta({
      description: "Lease in seconds, during which nobody else is shown what is handed out; 0 takes no lease",
    }),
  })
  .strict();
export type MailboxQuestion = z.infer<typeof MailboxQuestion>;

export const MailboxEntry = z
  .object({
    id: Id.meta({ description: "What is acknowledged" }),
    interchangeId: Id,
    sender: z.string(),
    receiver: z.string(),
    controlReference: z.string(),
    contentType: z.string(),
    sizeBytes: z.int(),
    contentDigest: z.string().meta({ description: "As in Content-Digest (RFC 9530)" }),
    createdAt: instant(),
    expiresAt: instant().meta({
      description: "When it expires and the sender is notified that it was not fetched",
    }),
    leaseUntil: instant().nullable(),
    timesHandedOut: z.int(),
    isTest,
    messages: z.array(
      z.object({ id: Id, reference: z.string(), messageType: z.string(), version: z.string() }),
    ),
  })
  .meta({ id: "MailboxEntry", description: "One delivery waiting in a mailbox" });
export type MailboxEntry = z.infer<typeof MailboxEntry>;

export const MailboxAcknowledgement = z
  .object({ ids: z.array(Id).min(1).max(1000) })
  .strict()
  .meta({ id: "MailboxAcknowledgement", description: "What has been acknowledged" });

export const MailboxOwner = RoutedGln;
