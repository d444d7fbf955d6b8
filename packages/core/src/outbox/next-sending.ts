import { backoffSeconds, nextAttemptWithin } from "../queue/index.ts";

/** The outcome of one attempt to send a message. */
export type SendingOutcome =
  | { kind: "sent" }
  /** Permanently refused. */
  | { kind: "refused"; error: string }
  /** Temporarily refused, or unknown. */
  | { kind: "failed"; error: string; retryAfterSeconds?: number };

export type SendingDecision =
  | { state: "sent" | "failed" | "expired" }
  | { state: "waiting"; nextAttemptAt: Date };

const backoff = { firstSeconds: 60, factor: 2, longestSeconds: 3600 };
/** Consecutive refused messages after which the receiver is suspended. */
export const refusalsToSuspend = 3;

/**
 * What happens after attempt number `attempts`: a backoff of one minute, doubled up to an hour, half of it random, for one day. A
 * receiver may ask for a longer wait of up to an hour, which never ends the retries.
 */
export function nextSending(
  message: { attempts: number; giveUpAt: Date },
  outcome: SendingOutcome,
  now: Date,
  random: number,
): SendingDecision {
  if (outcome.kind === "sent") return { state: "sent" };
  if (outcome.kind === "refused") return { state: "failed" };
  const ceiling = backoffSeconds(message.attempts, backoff);
  const granted = Math.min(outcome.retryAfterSeconds ?? 0, backoff.longestSeconds);
  const waitSeconds = Math.max(granted, (ceiling * (1 + random)) / 2);
  const nextAttemptAt = nextAttemptWithin(message.giveUpAt, waitSeconds, now);
  return nextAttemptAt === undefined ? { state: "expired" } : { state: "waiting", nextAttemptAt };
}
