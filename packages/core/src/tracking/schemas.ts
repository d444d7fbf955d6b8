import { z } from "zod";
import { queryNumber, Uuid } from "../identifiers/index.ts";
import {
  MessageReason,
  MessageState,
  MessageSummary,
  messageEvents,
  ReceiptFlag,
} from "../messages/index.ts";
import { instantText } from "../validity/index.ts";

const instant = () => z.iso.datetime();
const Id = Uuid;

const limit = queryNumber(1, 1000).default(50);
const Key = z.string().trim().min(1).max(64);
const keysInUrl = z
  .string()
  .max(4000)
  .transform((text) => text.split(","))
  .pipe(z.array(Key).min(1).max(50));
const period = {
  from: instantText({ offset: true }).optional(),
  to: instantText({ offset: true }).optional(),
  after: z.string().max(500).optional().meta({ description: "The `next` of the page before" }),
  limit,
};
const parties = {
  party: z.string().min(1).max(35).optional().meta({ description: "Sender or receiver" }),
  sender: z.string().min(1).max(35).optional(),
  receiver: z.string().min(1).max(35).optional(),
};
const keys = keysInUrl.optional().meta({
  description:
    "Up to 50, between commas: message ids (UNH 0062), envelope ids (UNB 0020) or our own ids; more of them: POST /v1/messages/$search",
});

/** Which messages to list. */
export const MessageFilter = z
  .strictObject({
    ...parties,
    reference: z.string().min(1).max(64).optional().meta({ description: "Message id (UNH 0062)" }),
    controlReference: z.string().min(1).max(64).optional().meta({ description: "Envelope id (UNB 0020)" }),
    messageType: z.string().min(1).max(40).optional(),
    state: MessageState.optional(),
    reason: MessageReason.optional(),
    receiptFlag: ReceiptFlag.optional(),
    keys,
    ...period,
  })
  .meta({ id: "MessageFilter" });
export type MessageFilter = z.infer<typeof MessageFilter>;

/** Which interchanges to list. */
export const InterchangeFilter = z.strictObject({
  ...parties,
  controlReference: z.string().min(1).max(64).optional().meta({ description: "Envelope id (UNB 0020)" }),
  messageType: z.string().min(1).max(40).optional().meta({ description: "Of one of its messages" }),
  state: MessageState.optional().meta({ description: "Of one of its messages" }),
  keys,
  ...period,
});
export type InterchangeFilter = z.infer<typeof InterchangeFilter>;

/** What to look for: business keys, or one patient. */
export const MessageSearch = z
  .strictObject({
    keys: z.array(Key).min(1).max(1000).optional().meta({
      description: "Message ids (UNH 0062), envelope ids (UNB 0020), our own message or interchange ids",
    }),
    patientId: z.string().min(10).max(11).optional().meta({
      description:
        "In place of keys: a personal number. That somebody looked is journalled, never the number",
    }),
    ...period,
    limit: z.int().min(1).max(1000).default(50),
  })
  .refine(
    ({ keys, patientId, from, to }) =>
      patientId === undefined
        ? keys !== undefined
        : keys === undefined && from === undefined && to === undefined,
    {
      message: "either keys, or a patientId alone",
    },
  )
  .meta({
    id: "MessageSearch",
    description: "Keys or a patient, in the body so that they stand in no log of addresses",
    examples: [{ keys: ["K000123", "L000129"], limit: 50 }],
  });
export type MessageSearch = z.infer<typeof MessageSearch>;

/** A page of what was found. */
export const SearchPage = z
  .object({
    items: z.array(MessageSummary.extend({ controlReference: z.string().optional() })),
    next: z.string().nullable(),
    notFound: z.array(z.string()).optional().meta({
      description: "Keys of which nothing is known to you; on the first page only",
    }),
  })
  .meta({ id: "SearchPage", description: "What was found, newest first" });
export type SearchPage = z.infer<typeof SearchPage>;

/** What sending a message another way came to. */
export const RerouteOutcome = z
  .object({
    id: Id,
    state: z.enum(["queued", "held"]),
    endpointId: Id,
    transport: z.enum(["webhook", "mailbox", "folder"]),
    interchangeId: Id.meta({ description: "The envelope under which it goes now" }),
    isNewEnvelope: z.boolean().meta({ description: "It got a new envelope id, as MedCom's rules ask here" }),
  })
  .meta({ id: "RerouteOutcome", description: "Where a message goes now" });
export type RerouteOutcome = z.infer<typeof RerouteOutcome>;

/** What letting a message go came to. */
export const ReleaseOutcome = MessageSummary.extend({
  isReleased: z.boolean().meta({ description: "False: it takes two, and the first has asked" }),
}).meta({ id: "ReleaseOutcome", description: "A message that was held back, and whether it goes on" });
export type ReleaseOutcome = z.infer<typeof ReleaseOutcome>;

/** Dead letters that share a cause, a receiver and a type. */
export const DeadLetterGroup = z
  .object({
    reason: MessageReason.nullable(),
    receiver: z.string(),
    messageType: z.string(),
    count: z.int(),
    oldest: instant(),
  })
  .meta({ id: "DeadLetterGroup", description: "Dead letters that share a cause, a receiver and a type" });
export type DeadLetterGroup = z.infer<typeof DeadLetterGroup>;

/** Which group of dead letters. */
export const DeadLetterChoice = z
  .strictObject({
    reason: MessageReason,
    receiver: z.string().min(1).max(35),
    messageType: z.string().min(1).max(40),
  })
  .meta({ id: "DeadLetterChoice", description: "The group with this cause, receiver and type" });
export type DeadLetterChoice = z.infer<typeof DeadLetterChoice>;

/** What doing something to many messages came to. */
export const GroupOutcome = z
  .object({
    matched: z.int().meta({ description: "Messages that met the choice when it began" }),
    done: z.int(),
    refused: z
      .record(z.string(), z.int())
      .meta({ description: "Messages that it could not be done to, by reason" }),
    remaining: z.int().meta({ description: "Messages that still meet the choice: ask again" }),
  })
  .meta({ id: "GroupOutcome", description: "What doing something to many messages came to" });
export type GroupOutcome = z.infer<typeof GroupOutcome>;

/** Why somebody steps in. */
export const OperatorReason = z
  .object({ reason: z.string().trim().min(3).max(500).meta({ description: "Why; kept in the journal" }) })
  .strict()
  .meta({ id: "OperatorReason", description: "Why somebody steps in" });

/** Where a message is to go, and why. */
export const RerouteRequest = OperatorReason.extend({
  endpointId: Id.optional().meta({
    description: "To this endpoint; without it to where the register says now",
  }),
}).meta({ id: "RerouteRequest", description: "Where a message is to go, and why" });

/** Why a message is held back, and how it is let go. */
export const HoldRequest = OperatorReason.extend({
  takesTwo: z.boolean().optional().meta({ description: "Two must ask for its release" }),
}).meta({
  id: "HoldRequest",
  description: "Why a message is held back, and whether it takes two to let it go",
});

/** Which dead letter, or which group of them, and why. */
export const DeadLetterRequest = z
  .union([
    OperatorReason.extend({ id: Id }),
    OperatorReason.extend({
      group: DeadLetterChoice,
      dryRun: z.boolean().optional().meta({ description: "Tell what would be done, and do nothing" }),
    }),
  ])
  .meta({
    id: "DeadLetterRequest",
    description: "Which dead letter, or which group of them, somebody steps in for, and why",
    examples: [
      { id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34", reason: "rettet hos modtageren" },
      {
        group: { reason: "receiver-refused", receiver: "5790000123117", messageType: "DIS91" },
        reason: "rettet hos modtageren",
        dryRun: true,
      },
    ],
  });

/** The copy of a message that was sent again. */
export const ResendOutcome = z
  .object({
    interchangeId: Id,
    messageId: Id,
    state: z.enum(["queued", "held"]).meta({ description: "`held`: held back as the message was" }),
  })
  .meta({ id: "ResendOutcome", description: "The message sent again, in a new envelope" });
export type ResendOutcome = z.infer<typeof ResendOutcome>;

const after = z.string().max(200).optional().meta({
  description:
    "The `next` or `offset` read last. `0`, or nothing: from the oldest event kept. `latest`: from now on, of what happens after this call",
});

/** What to read of the feed. */
export const NotificationQuestion = z.strictObject({
  after,
  limit: queryNumber(1, 1000).default(100),
  wait: queryNumber(0, 30)
    .default(0)
    .meta({ description: "Seconds to wait for something to happen, when there is nothing yet" }),
});
export const StreamQuestion = z.strictObject({ after });

/** One thing that happened to one message. */
export const Notification = z
  .object({
    offset: z.string().meta({ description: "To go on after this one" }),
    at: instant(),
    event: z.enum(messageEvents),
    from: MessageState.nullable(),
    to: MessageState,
    messageId: Id,
    interchangeId: Id,
    deliveryId: Id.nullable(),
    controlReference: z.string(),
    reference: z.string(),
    messageType: z.string(),
    version: z.string(),
    sender: z.string(),
    receiver: z.string(),
  })
  .meta({ id: "Notification", description: "Something that happened to a message of one's own side" });
export type Notification = z.infer<typeof Notification>;

export const NotificationPage = z
  .object({
    items: z.array(Notification),
    next: z.string().meta({ description: "Ask on with after=next, also when there were no items" }),
    isEnd: z.boolean().meta({ description: "False: there may be more at once" }),
  })
  .meta({ id: "NotificationPage", description: "What happened, in an order that never skips anything" });
export type NotificationPage = z.infer<typeof NotificationPage>;
