import { isReceipt, type MessageEnvelope, type Refusal, type RefusalReason } from "@sor/edi";
import type { Happening, MessageReason, Part } from "../messages/index.ts";
import type { DuplicateCase } from "./duplicates.ts";
import { refusalOfReason } from "./refusal-texts.ts";

/** Used instead of an endpoint's id: the mailbox that every location number has. */
export const ownMailbox = "own-mailbox";

/** Where a message of one type and version goes, or MedCom's reason why it is refused. */
export type MessageRoute =
  | {
      found: true;
      endpointId: string;
      transport: "webhook" | "mailbox" | "folder";
      isPaused: boolean;
      /** For how long the endpoint's messages are retried; null: the default. */
      giveUpSeconds: number | null;
    }
  | { found: false; reason: "LOK" | "VER" | "MID" };

type AcceptanceQuestion = {
  part: Pick<Part, "envelope" | "refused" | "warnings">;
  cases: readonly DuplicateCase[];
  route: (message: MessageEnvelope) => MessageRoute;
  /** Positions (from 0) of receipts that contradict an earlier one. */
  contradicting: ReadonlySet<number>;
};

export type PlannedMessage = {
  /** From 0. */
  position: number;
  happenings: readonly Happening[];
  reason: MessageReason | null;
  /** Which of the planned deliveries carries it. */
  endpointId: string | null;
};

export type PlannedDelivery = {
  endpointId: string;
  transport: "webhook" | "mailbox" | "folder";
  isPaused: boolean;
  giveUpSeconds: number | null;
  positions: readonly number[];
  /** It carries every message of the interchange: the original bytes are forwarded. */
  isWhole: boolean;
};

export type AcceptancePlan = {
  messages: readonly PlannedMessage[];
  deliveries: readonly PlannedDelivery[];
  /** Positions that get a negative receipt, each with MedCom's reason and a text. */
  refusals: readonly { position: number; refusal: Refusal }[];
};

function planMessage(
  question: AcceptanceQuestion,
  message: MessageEnvelope,
  position: number,
): PlannedMessage & { route?: MessageRoute & { found: true } } {
  const refuse = (reason: MessageReason, happenings: Happening[]) => ({
    position,
    happenings: [{ event: "taken-in" as const }, ...happenings],
    reason,
    endpointId: null,
  });
  const found = question.part.refused.get(position);
  const invalid = (reason: "SYN" | "VER") =>
    refuse(reason, [{ event: isReceipt(message) ? "receipt-refused" : "found-invalid", detail: { reason } }]);
  if (found && found.reason !== "VER") return invalid("SYN");
  const { warnings } = question.part;
  const valid: Happening = {
    event: "found-valid",
    ...(warnings.length > 0 && { detail: { warnings: warnings.join(" ") } }),
  };
  if (question.contradicting.has(position)) {
    const reason = "contradicts-earlier-receipt";
    return refuse(reason, [valid, { event: "receipt-refused", detail: { reason } }]);
  }
  const route = question.route(message);
  if (!route.found) {
    if (isReceipt(message)) {
      const detail = { reason: route.reason };
      return refuse("no-route-for-receipt", [valid, { event: "receipt-refused", detail }]);
    }
    return refuse(route.reason, [valid, { event: "found-no-route", detail: { reason: route.reason } }]);
  }
  // Routing comes first: an unknown receiver is reported as such, whatever else is wrong.
  if (found) return invalid("VER");
  const { endpointId, isPaused } = route;
  return {
    position,
    happenings: [
      { event: "taken-in" },
      valid,
      { event: "found-route", detail: { endpointId, transport: route.transport } },
      isPaused ? { event: "held", detail: { reason: "paused" } } : { event: "queued" },
    ],
    reason: isPaused ? "paused" : null,
    endpointId,
    route,
  };
}

/**
 * The decision for every new message of an interchange: refused with a reason, or put into a delivery with the others to the same
 * endpoint. Messages seen before are left out.
 */
export function planAcceptance(question: AcceptanceQuestion): AcceptancePlan {
  const { cases } = question;
  const { envelope, refused } = question.part;
  const planned = envelope.messages.flatMap((message, position) =>
    cases[position] === "new" ? [planMessage(question, message, position)] : [],
  );
  const byEndpoint = new Map<string, PlannedDelivery & { positions: number[] }>();
  for (const { route, position } of planned) {
    if (!route) continue;
    const { endpointId, transport, isPaused, giveUpSeconds } = route;
    const delivery = byEndpoint.get(endpointId) ?? {
      endpointId,
      transport,
      isPaused,
      giveUpSeconds,
      positions: [],
      isWhole: false,
    };
    delivery.positions.push(position);
    byEndpoint.set(endpointId, delivery);
  }
  const refusals = planned.flatMap(({ position, reason }) => {
    const message = envelope.messages[position];
    if (!message || isReceipt(message) || !isMedComReason(reason)) return [];
    return [{ position, refusal: refusalOfReason(reason, refused.get(position)) }];
  });
  return {
    messages: planned.map(({ route: _, ...message }) => message),
    deliveries: [...byEndpoint.values()].map((delivery) => ({
      ...delivery,
      isWhole: delivery.positions.length === envelope.messages.length,
    })),
    refusals,
  };
}

function isMedComReason(reason: MessageReason | null): reason is RefusalReason {
  return reason !== null && ["LOK", "VER", "SYN", "MID", "NC"].includes(reason);
}
