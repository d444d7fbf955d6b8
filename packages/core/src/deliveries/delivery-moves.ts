import { type DeliveryState, deliveryStates } from "../messages/index.ts";

type Move = {
  from: readonly DeliveryState[];
  /** Absent: it stays in its state. */
  to?: DeliveryState;
  /** `given`: the event begins a lease; `kept`: it leaves the lease as it is. Every other event ends the lease. */
  lease?: "given" | "kept";
  /** It is due at once. */
  isDue?: true;
};

const open = ["waiting", "held"] as const;

/** Everything that happens to a stored delivery: from which states, to which, and what becomes of its lease. */
const deliveryMoves = {
  /** A worker, or the owner of a mailbox, takes it. */
  leased: { from: ["waiting"], lease: "given" },
  /** The lease ended without an attempt. */
  "given-back": { from: ["waiting"] },
  "attempt-failed": { from: ["waiting"] },
  /** A success is recorded even when the delivery has ended otherwise in the meantime. */
  delivered: { from: deliveryStates, to: "done" },
  /** A receipt for one of its messages has arrived before the answer of an attempt. */
  answered: { from: [...open, "dead"], to: "done" },
  refused: { from: ["waiting"], to: "dead" },
  "given-up": { from: [...open, "dead"], to: "expired" },
  held: { from: open, to: "held" },
  released: { from: ["held"], to: "waiting", isDue: true },
  rerouted: { from: [...open, "dead"], to: "waiting", isDue: true },
  "rerouted-to-paused": { from: [...open, "dead"], to: "held", isDue: true },
  retried: { from: ["dead"], to: "waiting", isDue: true },
  "transport-changed": { from: open, isDue: true },
  cancelled: { from: open, to: "cancelled" },
  /** Some of its messages have left it: its content is replaced. */
  reduced: { from: [...open, "dead"], lease: "kept" },
} as const satisfies Record<string, Move>;

export type DeliveryEvent = keyof typeof deliveryMoves;

/** The move of an event. */
export const moveOf = (event: DeliveryEvent): Move => deliveryMoves[event];

/** The state after an event; undefined when the event cannot happen in that state. */
export function nextDeliveryState(state: DeliveryState, event: DeliveryEvent): DeliveryState | undefined {
  const { from, to } = moveOf(event);
  return from.includes(state) ? (to ?? state) : undefined;
}

/** Whether a delivery in this state has ended: nothing is sent any more unless a user retries it. */
export const hasEnded = (state: DeliveryState): boolean => state !== "waiting" && state !== "held";
