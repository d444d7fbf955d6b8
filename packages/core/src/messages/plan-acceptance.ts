import { type Finding, type InterchangeEnvelope, isReceipt, type MessageEnvelope } from "@sor/edi";
import type { Happening } from "./advance.ts";
import type { DuplicateCase } from "./duplicates.ts";
import type { MessageReason } from "./states.ts";

/** In place of an endpoint's id: the mailbox that every location number has. */
export const ownMailbox = "own-mailbox";

/** Where a message of one type and version goes, or which of MedCom's reasons says why nowhere. */
export type MessageRoute =
  | {
      found: true;
      endpointId: string;
      transport: "webhook" | "mailbox" | "folder";
      isPaused: boolean;
      /** How long the endpoint's letters are tried; null: as long as all others. */
      giveUpSeconds: number | null;
    }
  | { found: false; reason: "LOK" | "VER" | "MID" };

export type AcceptanceQuestion = {
  envelope: InterchangeEnvelope;
  findings: readonly Finding[];
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
  /** Positions to which a negative receipt is owed, each with MedCom's reason. */
  refusals: readonly { position: number; reason: MedComReason }[];
};

export type MedComReason = "LOK" | "VER" | "SYN" | "MID" | "NC";

// What the catalogue does not know is a question of type and version (VER), which routing answers; it is no syntax error.
const notSyntax: ReadonlySet<string> = new Set(["type-unknown", "version-unknown", "type-mismatch"]);

/** Which of the messages (from 0) cannot be read safely: all of them when the envelope itself is at fault. */
export function findBroken(findings: readonly Finding[], count: number): ReadonlySet<number> {
  const broken = new Set<number>();
  for (const { severity, at, code } of findings) {
    // What an envelope carries is the receiver's to judge; that it cannot be carried so is told of the envelope itself.
    if (severity !== "error" || notSyntax.has(code) || at.isCarried) continue;
    if (at.message !== undefined) broken.add(at.message - 1);
    else for (let position = 0; position < count; position += 1) broken.add(position);
  }
  return broken;
}

function planMessage(
  question: AcceptanceQuestion,
  message: MessageEnvelope,
  position: number,
  broken: boolean,
): PlannedMessage & { route?: MessageRoute & { found: true } } {
  const refuse = (reason: MessageReason, happenings: Happening[]) => ({
    position,
    happenings: [{ event: "taken-in" as const }, ...happenings],
    reason,
    endpointId: null,
  });
  if (broken) {
    return refuse("SYN", [
      { event: isReceipt(message) ? "receipt-refused" : "found-invalid", detail: { reason: "SYN" } },
    ]);
  }
  const valid: Happening = { event: "found-valid" };
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
  const { envelope, cases } = question;
  const broken = findBroken(question.findings, envelope.messages.length);
  const planned = envelope.messages.flatMap((message, position) =>
    cases[position] === "new" ? [planMessage(question, message, position, broken.has(position))] : [],
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
    return message && !isReceipt(message) && isMedComReason(reason) ? [{ position, reason }] : [];
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

function isMedComReason(reason: MessageReason | null): reason is MedComReason {
  return reason !== null && ["LOK", "VER", "SYN", "MID", "NC"].includes(reason);
}
