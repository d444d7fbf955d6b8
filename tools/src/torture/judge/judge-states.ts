import { type MessageState, nextState } from "@sor/core/messages";
import type { Violation } from "./evidence.ts";
import type { DeliveryFact, EventFact, Facts, MessageFact } from "./facts.ts";

/** States in which a message may stay permanently. */
const ends: ReadonlySet<MessageState> = new Set([
  "delivered",
  "receipted-positive",
  "receipted-negative",
  "rejected",
  "expired",
  "cancelled",
]);

/** Every step is in the transition table, begins where the previous one ended, and the row matches the last one. */
function judgeEvents(message: MessageFact, events: readonly EventFact[]): Violation[] {
  let state: MessageState | null = null;
  for (const { event, from, to } of events) {
    const what = `${message.id}: ${event} from ${from} to ${to} after ${state}`;
    if (from !== state) return [{ rule: "an event does not follow the one before", what }];
    if (nextState(from, event) !== to) return [{ rule: "a move that is not allowed", what }];
    state = to;
  }
  if (state === message.state) return [];
  const what = `${message.id}: the row says ${message.state}, the last event ${state}`;
  return [{ rule: "state and events disagree", what }];
}

const wasTaken: ReadonlySet<MessageState> = new Set([
  "delivered",
  "receipted-positive",
  "receipted-negative",
]);

function judgeDelivery(delivery: DeliveryFact, carried: readonly MessageFact[]): Violation[] {
  const { id, state } = delivery;
  const found: Violation[] = [];
  if (delivery.isLeased) found.push({ rule: "a lease that is not free", what: `delivery ${id} (${state})` });
  if (state === "waiting" || state === "held")
    found.push({ rule: "stands still", what: `delivery ${id} is ${state}` });
  for (const message of carried) {
    if (wasTaken.has(message.state) !== (state === "done")) {
      const what = `delivery ${id} is ${state}, its message ${message.id} ${message.state}`;
      found.push({ rule: "delivery and message disagree", what });
    }
  }
  return found;
}

/** The rows alone: nothing is stuck, states match events, deliveries match messages, no lease remains. Pure. */
export function judgeStates(facts: Facts): Violation[] {
  const events = Map.groupBy(facts.events, ({ messageId }) => messageId);
  const carried = Map.groupBy(facts.messages, ({ deliveryId }) => deliveryId);
  return [
    ...facts.messages.flatMap((message) => [
      ...judgeEvents(message, events.get(message.id) ?? []),
      ...(ends.has(message.state)
        ? []
        : [{ rule: "stands still", what: `${message.kind} message ${message.id} is ${message.state}` }]),
    ]),
    ...facts.deliveries.flatMap((delivery) => judgeDelivery(delivery, carried.get(delivery.id) ?? [])),
  ];
}
