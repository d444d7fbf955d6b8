import { DomainError } from "@sor/core";
import { type QueueFigures, unsettledStates } from "@sor/core/deliveries";
import type { AcceptedInterchange, MessageState } from "@sor/core/messages";
import { findMessageType } from "@sor/edi";
import type { z } from "zod";
import type { Deps } from "../app-env.ts";

/** A message type as a label: from the catalogue or "other", so that senders cannot create labels. */
function typeLabel(code: string): string {
  return findMessageType(code)?.code ?? "other";
}

/** Counts messages by the state they entered. */
export function countStates(
  deps: Pick<Deps, "metrics">,
  list: readonly { messageType: string; state: MessageState }[],
): void {
  for (const { messageType, state } of list) {
    deps.metrics.messages.inc({ type: typeLabel(messageType), state });
  }
}

/** Counts an accepted interchange. */
export function countAcceptance(
  deps: Pick<Deps, "metrics">,
  taken: {
    interchange: z.infer<typeof AcceptedInterchange>;
    isReplay: boolean;
    repeatedReceipts: readonly string[];
    seconds: number;
  },
): void {
  const { metrics } = deps;
  const { interchange } = taken;
  const result = taken.isReplay ? "replayed" : (interchange.duplicate ?? "accepted");
  metrics.interchangesReceived.inc({ format: interchange.format, result });
  metrics.intakeSeconds.observe(taken.seconds);
  if (taken.isReplay) return;
  metrics.interchangeBytes.observe(interchange.sizeBytes);
  for (const messageType of taken.repeatedReceipts) {
    const polarity = polarityOf[messageType] ?? "unknown";
    metrics.receipts.inc({ kind: `repeated-${typeLabel(messageType)}`, polarity });
  }
  if (interchange.duplicate) {
    metrics.duplicates.inc({ case: interchange.duplicate });
    return;
  }
  countStates(deps, interchange.messages);
  for (const { messageType, reason } of interchange.messages) {
    const polarity = polarityOf[messageType];
    const kind = refusalKinds[interchange.format];
    if (polarity) metrics.receipts.inc({ kind: messageType, polarity });
    else if (reason !== null && reason !== "paused") metrics.receipts.inc({ kind, polarity: "negative" });
  }
}

/** Receipts whose type alone determines their meaning. */
const polarityOf: Readonly<Record<string, "positive" | "negative">> = {
  ...{ CTL01: "negative", CTL02: "negative", CTL03: "positive" },
  ...{ XCTL01: "negative", XCTL02: "negative", XCTL03: "positive" },
  ...{ NegativeVans: "negative", NegativeMessage: "negative", PositiveMessage: "positive" },
};

/** The negative receipt, by format, of a message that cannot be routed on. */
const refusalKinds = {
  EDIFACT: "CTL01",
  XML: "XCTL01",
  VANSEnvelope: "NegativeVans",
  SBDH: "ehmisbdh-acknowledgement",
  FHIR: "FCTL",
} as const;

/** Counts a submission that core refused, and rethrows the error; a reused envelope id is MedCom's fourth case. */
export async function countingRefusals<T>(deps: Pick<Deps, "metrics">, accepting: Promise<T>): Promise<T> {
  try {
    return await accepting;
  } catch (error) {
    if (error instanceof DomainError) {
      deps.metrics.interchangesReceived.inc({ format: "unknown", result: "refused" });
      if (error.details.fault === "envelope-reused") deps.metrics.duplicates.inc({ case: "envelope-reused" });
    }
    throw error;
  }
}

/** Counts a submission that was refused before its envelope was parsed; returns the refusal. */
export function countRefusal(deps: Pick<Deps, "metrics">, refused: Response): never {
  deps.metrics.interchangesReceived.inc({ format: "unknown", result: "refused" });
  // The refusal is one of the route's documented problems; the types cannot express that for a Response.
  return refused as never;
}

/** Exports the state of the queues; a state without messages is set to 0 rather than left at its last value. */
export function showQueues({ metrics }: Pick<Deps, "metrics">, figures: QueueFigures): void {
  for (const state of unsettledStates) {
    const found = figures.states.find((row) => row.state === state);
    metrics.queueDepth.set({ state }, found?.count ?? 0);
    metrics.messageAgeSeconds.set({ state }, found?.oldestSeconds ?? 0);
  }
  metrics.deadLetters.reset();
  for (const { cause, count } of figures.deadLetters)
    metrics.deadLetters.set({ cause: cause ?? "none" }, count);
  metrics.receiptsOverdue.set(figures.receiptsOverdue);
  for (const [state, count] of Object.entries(figures.breakers)) metrics.breakers.set({ state }, count);
}
