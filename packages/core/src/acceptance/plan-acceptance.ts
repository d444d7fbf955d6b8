import { isReceipt, type MessageEnvelope, type Refusal, type RefusalReason } from "@sor/edi";
import type { Happening, MessageReason, Part } from "../messages/index.ts";
import type { DuplicateCase } from "./duplicates.ts";
import { refusalOfReason } from "./refusal-texts.ts";

/** In place of an endpoint's id: the mailbox that every location number has. */
export const ownMailbox = "own-mailbox";

/** Where a message of one type and version goes, or which of MedCom's reasons says why nowhere. */
export type MessageRoute =
  | {
      found: true;
      endpointId: string;
      transport: "webhook" | "mailbox" | "folder";
      isPaused: boolean;
      /** How long the endpoint's messages are tried; null: as long as all others. */
      giveUpSeconds: number | null;
    }
  | { found: false; reason: "LOK" | "VER" | "MID" };

export type AcceptanceQuestion = {
  part: Pick<Part, "envelope" | "refused" | "warnings">;
  cases: readonly DuplicateCase[];
  route: (message: MessageEnvelope) => MessageRoute;
  /** Positions (from 0) of receipts that say the opposite of an earlier one. */
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
  /** It carries every message of the interchange: the bytes go on exactly as they came. */
  isWhole: boolean;
};

export type AcceptancePlan = {
  messages: readonly PlannedMessage[];
  deliveries: readonly PlannedDelivery[];
  /** Positions to which a negative receipt is owed, each with MedCom's reason and a text. */
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
  // Where it goes is asked first: an unknown receiver is told as such, whatever else is wrong.
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
 * What becomes of every new message of a delivery: refused with a reason, or carried to an endpoint together with the
 * others that go there. Messages whose references have been seen are left out.
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
