import { z } from "zod";
import type { Fault } from "../faults/index.ts";
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
  after: z.string().max(500).optional().meta({ description: "The `next` of the previous page" }),
  limit,
};
const parties = {
  party: z.string().min(1).max(35).optional().meta({ description: "Sender or receiver" }),
  sender: z.string().min(1).max(35).optional(),
  receiver: z.string().min(1).max(35).optional(),
};
const keys = keysInUrl.optional().meta({
  description:
    "Up to 50, separated by commas: message ids (UNH 0062), envelope ids (UNB 0020) or the gateway's ids; for more: POST /v1/messages/$search",
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

/** What to search for: business keys, or one patient. */
export const MessageSearch = z
  .strictObject({
    keys: z.array(Key).min(1).max(1000).optional().meta({
      description:
        "Message ids (UNH 0062), envelope ids (UNB 0020), the gateway's message or interchange ids",
    }),
    patientId: z.string().min(10).max(11).optional().meta({
      description: "Instead of keys: a personal number. The search is journalled, never the number",
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
      message: "keys-or-patient" satisfies Fault,
    },
  )
  .meta({
    id: "MessageSearch",
    description: "Keys or a patient, in the body so that they are not logged with the address",
    examples: [{ keys: ["K000123", "L000129"], limit: 50 }],
  });
export type MessageSearch = z.infer<typeof MessageSearch>;

/** A page of search results. */
export const SearchPage = z
  .object({
    items: z.array(MessageSummary.extend({ controlReference: z.string().optional() })),
    next: z.string().nullable(),
    notFound: z.array(z.string()).optional().meta({
      description: "Keys for which nothing is visible to you; on the first page only",
    }),
  })
  .meta({ id: "SearchPage", description: "Search results, newest first" });
export type SearchPage = z.infer<typeof SearchPage>;

/** The result of rerouting a message. */
export const RerouteOutcome = z
  .object({
    id: Id,
    state: z.enum(["queued", "held"]),
    endpointId: Id,
    transport: z.enum(["webhook", "mailbox", "folder"]),
    interchangeId: Id.meta({ description: "The envelope under which it is sent now" }),
    isNewEnvelope: z
      .boolean()
      .meta({ description: "It got a new envelope id, as MedCom's rules require here" }),
  })
  .meta({ id: "RerouteOutcome", description: "The new route of a message" });
export type RerouteOutcome = z.infer<typeof RerouteOutcome>;

/** The result of releasing a message. */
export const ReleaseOutcome = MessageSummary.extend({
  isReleased: z
    .boolean()
    .meta({ description: "False: its release takes two persons, and the first has asked" }),
}).meta({ id: "ReleaseOutcome", description: "A held message, and whether it was released" });
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

/** Selects a group of dead letters. */
export const DeadLetterChoice = z
  .strictObject({
    reason: MessageReason,
    receiver: z.string().min(1).max(35),
    messageType: z.string().min(1).max(40),
  })
  .meta({ id: "DeadLetterChoice", description: "The group with this cause, receiver and type" });
export type DeadLetterChoice = z.infer<typeof DeadLetterChoice>;

/** The result of an operation on many messages. */
export const GroupOutcome = z
  .object({
    matched: z.int().meta({ description: "Messages that matched when it began" }),
    done: z.int(),
    refused: z
      .record(z.string(), z.int())
      .meta({ description: "Messages for which it was refused, by reason" }),
    remaining: z.int().meta({ description: "Messages that still match: repeat the request" }),
  })
  .meta({ id: "GroupOutcome", description: "The result of an operation on many messages" });
export type GroupOutcome = z.infer<typeof GroupOutcome>;

/** The reason for an operator's action. */
export const OperatorReason = z
  .object({ reason: z.string().trim().min(3).max(500).meta({ description: "Reason; kept in the journal" }) })
  .strict()
  .meta({ id: "OperatorReason", description: "Reason for an operator's action" });

/** The new route of a message, and the reason. */
export const RerouteRequest = OperatorReason.extend({
  endpointId: Id.optional().meta({
    description: "The new endpoint; without it the register decides",
  }),
}).meta({ id: "RerouteRequest", description: "The new route of a message, and the reason" });

/** Why a message is held, and how it is released. */
export const HoldRequest = OperatorReason.extend({
  takesTwo: z.boolean().optional().meta({ description: "Its release takes two persons" }),
}).meta({
  id: "HoldRequest",
  description: "Why a message is held, and whether its release takes two persons",
});

/** A dead letter or a group of them, and the reason for acting on it. */
export const DeadLetterRequest = z
  .union([
    OperatorReason.extend({ id: Id }),
    OperatorReason.extend({
      group: DeadLetterChoice,
      dryRun: z.boolean().optional().meta({ description: "Report what would be done, without doing it" }),
    }),
  ])
  .meta({
    id: "DeadLetterRequest",
    description: "A dead letter or a group of them, and the reason for acting on it",
    examples: [
      { id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34", reason: "rettet hos modtageren" },
      {
        group: { reason: "receiver-refused", receiver: "5790000123117", messageType: "DIS91" },
        reason: "rettet hos modtageren",
        dryRun: true,
      },
    ],
  });

/** The copy of a resent message. */
export const ResendOutcome = z
  .object({
    interchangeId: Id,
    messageId: Id,
    state: z.enum(["queued", "held"]).meta({ description: "`held`: held as the original was" }),
  })
  .meta({ id: "ResendOutcome", description: "The resent message, in a new envelope" });
export type ResendOutcome = z.infer<typeof ResendOutcome>;

const after = z.string().max(200).optional().meta({
  description:
    "The last `next` or `offset` read. `0`, or absent: from the oldest event kept. `latest`: only what happens after this call",
});

/** Which part of the feed to read. */
export const NotificationQuestion = z.strictObject({
  after,
  limit: queryNumber(1, 1000).default(100),
  wait: queryNumber(0, 30)
    .default(0)
    .meta({ description: "Seconds to wait for an event when there is none yet" }),
});
export const StreamQuestion = z.strictObject({ after });

/** One event of one message. */
export const Notification = z
  .object({
    offset: z.string().meta({ description: "To continue after this event" }),
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
  .meta({ id: "Notification", description: "An event of a message of one's own side" });
export type Notification = z.infer<typeof Notification>;

export const NotificationPage = z
  .object({
    items: z.array(Notification),
    next: z.string().meta({ description: "Continue with after=next, also when there were no items" }),
    isEnd: z.boolean().meta({ description: "False: there may be more already" }),
  })
  .meta({ id: "NotificationPage", description: "Events, in an order that never skips any" });
export type NotificationPage = z.infer<typeof NotificationPage>;
