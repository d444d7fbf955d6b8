import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { MailAddress, queryNumber, singleLine, Uuid, withAsciiDomain } from "../identifiers/index.ts";
import { channels, digests, subscriptionStates } from "../subscriptions/index.ts";
import { instantText } from "../validity/index.ts";
import { alertKinds, alertSeverities } from "./kinds.ts";

const AlertKind = z
  .enum(alertKinds)
  .meta({ id: "AlertKind", description: "What an alert is about", examples: ["endpoint-down"] });
const AlertSeverity = z
  .enum(alertSeverities)
  .meta({ id: "AlertSeverity", description: "serious is not delayed by quiet hours and digests" });

const ClockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "clock-form" satisfies Fault)
  .meta({ description: "Danish local time", examples: ["22:00"] });

/** One incident: from when a fault was present long enough until it was absent long enough. */
export const AlertView = z
  .object({
    id: Uuid,
    kind: AlertKind,
    severity: AlertSeverity,
    state: z.enum(["open", "closed"]),
    supplierId: Uuid.nullable().meta({ description: "The owner; null: the gateway's own" }),
    endpointId: Uuid.nullable(),
    endpointName: z.string().nullable(),
    openedAt: z.iso.datetime(),
    closedAt: z.iso.datetime().nullable(),
    flaps: z.int().meta({ description: "How often the fault recurred before it was closed" }),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    textDa: z.string(),
    textEn: z.string(),
  })
  .meta({ id: "Alert", description: "An incident that receivers are notified of" });
export type AlertView = z.infer<typeof AlertView>;

export const AlertFilter = z.strictObject({
  state: z.enum(["open", "closed"]).optional(),
  kind: AlertKind.optional(),
  severity: AlertSeverity.optional(),
  endpointId: Uuid.optional(),
  limit: queryNumber(1, 1000).default(50),
  after: z.string().max(400).optional().meta({ description: "The `next` of the previous page" }),
});
export type AlertFilter = z.infer<typeof AlertFilter>;

export const AlertListCursor = z.tuple([instantText({ offset: false }), Uuid]);

const wishes = {
  name: singleLine(100),
  kinds: z.array(AlertKind).max(alertKinds.length).meta({ description: "Only these kinds; empty: all" }),
  leastSeverity: AlertSeverity,
  endpointIds: z.array(Uuid).max(200).meta({ description: "Only these endpoints; empty: all" }),
  digest: z.enum(digests).meta({
    description: "at-once: five minutes between messages; hourly; daily at 07:00. Serious ones never wait",
  }),
  quietFrom: ClockTime.nullable(),
  quietTo: ClockTime.nullable(),
};

/** What a receiver of alerts wants of them, as stored with its subscription. */
type AlertWishes = Pick<AlertSubscriptionView, "kinds" | "leastSeverity" | "endpointIds">;

/** The wishes of a receiver of alerts; they were read by these schemas before they were stored. */
export const alertWishes = ({ wishes: stored }: { wishes: unknown }): AlertWishes => stored as AlertWishes;

type Quiet = { quietFrom?: string | null | undefined; quietTo?: string | null | undefined };
const bothOrNone = ({ quietFrom, quietTo }: Quiet) =>
  ((quietFrom ?? null) === null) === ((quietTo ?? null) === null);
const isSpan = ({ quietFrom, quietTo }: Quiet) => (quietFrom ?? null) === null || quietFrom !== quietTo;
const spanFault = { path: ["quietTo"], message: "quiet-hours-reversed" satisfies Fault };
const quietFault = { path: ["quietTo"], message: "quiet-hours-whole" satisfies Fault };

/** Who is notified of what, how and when. */
export const NewAlertSubscription = z
  .strictObject({
    supplierId: Uuid.nullable().meta({
      description: "Whose incidents; null: everybody's and the gateway's own, for its operators",
    }),
    channel: z.enum(channels),
    address: z.string().trim().min(3).max(2000).overwrite(withAsciiDomain).nullable().default(null).meta({
      description: "Mail address, or https address of a webhook; null for a feed",
    }),
    name: wishes.name,
    kinds: wishes.kinds.default([]),
    leastSeverity: wishes.leastSeverity.default("minor"),
    endpointIds: wishes.endpointIds.default([]),
    digest: wishes.digest.default("at-once"),
    quietFrom: wishes.quietFrom.default(null),
    quietTo: wishes.quietTo.default(null),
  })
  .refine(bothOrNone, quietFault)
  .refine(isSpan, spanFault)
  .refine(({ channel, address }) => (channel === "feed") === (address === null), {
    path: ["address"],
    message: "address-of-kind" satisfies Fault,
  })
  .refine(({ channel, address }) => channel !== "mail" || MailAddress.safeParse(address).success, {
    path: ["address"],
    message: "mail-address" satisfies Fault,
  })
  .meta({ id: "NewAlertSubscription", description: "Who is notified of what, how and when" });
export type NewAlertSubscription = z.infer<typeof NewAlertSubscription>;

/** Changed preferences of a receiver; its address cannot be changed. */
export const AlertSubscriptionChange = z
  .strictObject({ ...wishes, isPaused: z.boolean() })
  .partial()
  .refine(
    (given) => (given.quietFrom === undefined) === (given.quietTo === undefined) && bothOrNone(given),
    quietFault,
  )
  .refine(isSpan, spanFault)
  .meta({
    id: "AlertSubscriptionChange",
    description: "Changed preferences of a receiver; its address cannot be changed",
  });
export type AlertSubscriptionChange = z.infer<typeof AlertSubscriptionChange>;

export const AlertSubscriptionView = z
  .object({
    id: Uuid,
    supplierId: Uuid.nullable(),
    channel: z.enum(channels),
    address: z.string().nullable(),
    ...wishes,
    state: z.enum(subscriptionStates).meta({
      description:
        "pending: its mail address is not confirmed; suspended: three messages in a row were refused; ended: unsubscribed",
    }),
    createdAt: z.iso.datetime(),
    lastSentAt: z.iso.datetime().nullable(),
    etag: z.string(),
  })
  .meta({ id: "AlertSubscription", description: "A receiver of alerts" });
export type AlertSubscriptionView = z.infer<typeof AlertSubscriptionView>;

/** The code that was mailed to the address, as typed by a user. */
export const ConfirmationCode = z
  .string()
  .transform((text) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, ""))
  .pipe(z.string().regex(/^[A-Z2-7]{10}$/, "confirmation-code-form" satisfies Fault));

/** One message to a receiver, and its outcome. */
export const AlertMessageView = z
  .object({
    id: Uuid,
    purpose: z.enum(["incidents", "confirmation", "test"]),
    state: z.enum(["waiting", "sent", "failed", "expired", "cancelled"]),
    subject: z.string(),
    createdAt: z.iso.datetime(),
    attempts: z.int(),
    nextAttemptAt: z.iso.datetime().nullable(),
    doneAt: z.iso.datetime().nullable(),
    lastError: z.string().nullable(),
  })
  .meta({ id: "AlertMessage", description: "A message to a receiver of alerts" });
export type AlertMessageView = z.infer<typeof AlertMessageView>;
