/** The closed set of states of a message. */
export const messageStates = [
  "received",
  "validated",
  "routed",
  "queued",
  "delivering",
  "delivered",
  "receipted-positive",
  "receipted-negative",
  "rejected",
  "held",
  "expired",
  "dead",
  "cancelled",
] as const;
export type MessageState = (typeof messageStates)[number];

/** The closed set of a message's events. */
export const messageEvents = [
  "taken-in",
  "found-valid",
  "found-invalid",
  "found-route",
  "found-no-route",
  "receipt-refused",
  "queued",
  "held",
  "release-asked",
  "release-declined",
  "released",
  "taken",
  "attempt-failed",
  "given-back",
  "delivered",
  "refused-by-receiver",
  "given-up",
  "positive-receipt",
  "negative-receipt",
  "receipt-repeated",
  "receipt-contradicts",
  "receipt-late",
  "duplicate-received",
  "rerouted",
  "resent",
  "retried",
  "cancelled",
  "discarded",
  "overdue",
] as const;
export type MessageEvent = (typeof messageEvents)[number];

/** Why a message was not carried: MedCom's five codes of a refusal, and ours. */
export const messageReasons = [
  "LOK",
  "VER",
  "SYN",
  "MID",
  "NC",
  "no-route-for-receipt",
  "contradicts-earlier-receipt",
  "receiver-refused",
  "time-ran-out",
  "endpoint-closed",
  "paused",
  "quarantine",
  "discarded",
] as const;
export type MessageReason = (typeof messageReasons)[number];

/** Anomalies to be shown to people: the receipt was late, answers no known message, or contradicts an earlier one. */
export const receiptFlags = ["late", "unknown", "contradictory"] as const;
export type ReceiptFlag = (typeof receiptFlags)[number];

export const deliveryStates = ["waiting", "held", "done", "dead", "expired", "cancelled"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

type Moves = Partial<Record<MessageEvent, MessageState>>;

const stay = (state: MessageState, ...events: MessageEvent[]): Moves =>
  Object.fromEntries(events.map((event) => [event, state]));

// A receipt can arrive before the answer of the delivery attempt: then the message is delivered.
const receipts: Moves = {
  "positive-receipt": "receipted-positive",
  "negative-receipt": "receipted-negative",
};
const always: MessageEvent[] = ["duplicate-received", "receipt-repeated"];
const flags: MessageEvent[] = [...always, "receipt-contradicts", "receipt-late"];

/** Every transition; any other is impossible. */
export const moves: Readonly<Record<MessageState, Moves>> = {
  received: {
    "found-valid": "validated",
    "found-invalid": "rejected",
    "receipt-refused": "dead",
    ...stay("received", "overdue", ...always),
  },
  validated: {
    "found-route": "routed",
    "found-no-route": "rejected",
    "receipt-refused": "dead",
    ...stay("validated", "overdue", ...always),
  },
  routed: { queued: "queued", held: "held", ...stay("routed", "overdue", ...always) },
  queued: {
    taken: "delivering",
    held: "held",
    delivered: "delivered",
    "given-up": "expired",
    cancelled: "cancelled",
    ...receipts,
    ...stay("queued", "overdue", "rerouted", ...always),
  },
  delivering: {
    delivered: "delivered",
    "attempt-failed": "queued",
    "given-back": "queued",
    "refused-by-receiver": "dead",
    "given-up": "expired",
    ...receipts,
    ...stay("delivering", "taken", "overdue", ...always),
  },
  held: {
    released: "queued",
    cancelled: "cancelled",
    "given-up": "expired",
    delivered: "delivered",
    ...receipts,
    ...stay("held", "overdue", "rerouted", "release-asked", "release-declined", ...always),
  },
  delivered: {
    ...receipts,
    ...stay("delivered", "overdue", "delivered", "resent", "receipt-contradicts", ...always),
  },
  "receipted-positive": stay("receipted-positive", "delivered", "resent", ...flags),
  "receipted-negative": stay("receipted-negative", "delivered", ...flags),
  rejected: stay("rejected", ...flags),
  expired: stay("expired", ...flags),
  dead: {
    retried: "queued",
    rerouted: "queued",
    discarded: "expired",
    "given-up": "expired",
    delivered: "delivered",
    ...receipts,
    ...stay("dead", "overdue", "resent", ...always),
  },
  cancelled: stay("cancelled", "resent", ...flags),
};

/** The state after an event; undefined when the event cannot happen in that state. `null` is a message not stored yet. */
export function nextState(state: MessageState | null, event: MessageEvent): MessageState | undefined {
  if (state === null) return event === "taken-in" ? "received" : undefined;
  return moves[state][event];
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** How long messages are retried, or kept in mailboxes, before they expire and the sender is notified. */
export const giveUpAfterSeconds = 5 * day;

/** How long a message may stay in a state before the watchdog reports it; null for final states. */
export const deadlineSeconds: Readonly<Record<MessageState, number | null>> = {
  received: minute,
  validated: minute,
  routed: minute,
  queued: giveUpAfterSeconds + hour,
  delivering: 15 * minute,
  held: giveUpAfterSeconds + hour,
  // Only where the sender asked for a receipt; see `deadlineOf`.
  delivered: day,
  dead: day,
  "receipted-positive": null,
  "receipted-negative": null,
  rejected: null,
  expired: null,
  cancelled: null,
};

/** When the watchdog reports a message in this state; null when there is no limit. */
export function deadlineOf(
  state: MessageState,
  since: Date,
  acknowledgement: "requested" | "not-requested",
): Date | null {
  const seconds = deadlineSeconds[state];
  if (seconds === null) return null;
  if (state === "delivered" && acknowledgement === "not-requested") return null;
  return new Date(since.getTime() + seconds * 1000);
}

/** The outcome of a delivery attempt. */
export type OutcomeKind = "delivered" | "refused" | "failed" | "unknown";
