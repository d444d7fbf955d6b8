import type { RetryRule } from "../endpoints/index.ts";
import { type Backoff, backoffSeconds, nextAttemptWithin } from "../queue/index.ts";

/** The outcome of one delivery attempt. */
export type DeliveryOutcome =
  | { kind: "delivered"; status?: number }
  /** Permanent: the receiver will never accept it. */
  | { kind: "refused"; status: number }
  /** Temporary: the receiver did not accept it now. */
  | { kind: "failed"; status?: number; error?: string; retryAfterSeconds?: number }
  /** The bytes were sent and no answer came: retried with the same envelope id, so that the receiver can detect a duplicate. */
  | { kind: "unknown"; error: string };

export type AttemptDecision =
  | { kind: "done" }
  | { kind: "dead" }
  | { kind: "expired" }
  | { kind: "retry"; at: Date };

/** The retry policy: the backoff, and how long a circuit breaker stays open. */
export type RetryPolicy = Backoff & { breakerSeconds: number };

export const standardPolicy: RetryPolicy = {
  firstSeconds: 30,
  factor: 2,
  longestSeconds: 3600,
  breakerSeconds: 60,
};

/** The policy that applies to an endpoint: its own retry rule where it has one, with the common circuit breaker. */
export function policyFor(own: RetryRule | null, standard: RetryPolicy): RetryPolicy {
  return { ...standard, ...own };
}

/**
 * The meaning of an answer's status: 2xx delivered; 4xx except 408, 425 and 429 permanently refused; everything else is retried.
 */
export function readStatus(
  status: number,
  retryAfter: string | null | undefined,
  now: Date,
): DeliveryOutcome {
  if (status >= 200 && status < 300) return { kind: "delivered", status };
  const isPermanent = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
  if (isPermanent) return { kind: "refused", status };
  const seconds = readRetryAfter(retryAfter, now);
  return { kind: "failed", status, ...(seconds !== undefined && { retryAfterSeconds: seconds }) };
}

/** RFC 9110, 10.2.3: seconds or an HTTP date. Undefined when absent or neither. */
export function readRetryAfter(value: string | null | undefined, now: Date): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Date.parse accepts almost anything; every HTTP date begins with the name of a day.
  const at = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}

/** The longest Retry-After that is honoured, in seconds, unless the policy's own backoff is longer. */
const retryAfterMostSeconds = 3600;
/**
 * What happens after attempt number `attempts`. Exponential backoff from the policy's first delay to its longest, with full
 * jitter (`random` is 0 to 1). A receiver may ask for a longer wait (Retry-After), up to an hour or the policy's longest. Only a
 * permanent refusal ends a delivery before `giveUpAt`.
 */
export function nextAttempt(
  delivery: { attempts: number; giveUpAt: Date },
  outcome: DeliveryOutcome,
  now: Date,
  random: number,
  policy = standardPolicy,
): AttemptDecision {
  switch (outcome.kind) {
    case "delivered":
      return { kind: "done" };
    case "refused":
      return { kind: "dead" };
    case "failed":
    case "unknown": {
      const ceiling = backoffSeconds(delivery.attempts, policy);
      const asked = outcome.kind === "failed" ? (outcome.retryAfterSeconds ?? 0) : 0;
      const granted = Math.min(asked, Math.max(policy.longestSeconds, retryAfterMostSeconds));
      // At least a second, so that full jitter never becomes a tight loop.
      const at = nextAttemptWithin(delivery.giveUpAt, Math.max(1, ceiling * random, granted), now);
      return at === undefined ? { kind: "expired" } : { kind: "retry", at };
    }
  }
}

export type BreakerState = { failuresInRow: number; firstFailureAt: Date | null; openUntil: Date | null };

/** Consecutive failures that open the circuit breaker. */
export const failuresToOpen = 5;

/**
 * The state of an endpoint's circuit breaker after one more answer: five consecutive failures open it for a while, after which
 * one probe at a time is sent; a failed probe opens it again. A refusal is an answer, so it closes the breaker.
 */
export function nextBreaker(
  breaker: BreakerState,
  outcome: DeliveryOutcome,
  now: Date,
  policy = standardPolicy,
): BreakerState {
  if (outcome.kind === "delivered" || outcome.kind === "refused") {
    return { failuresInRow: 0, firstFailureAt: null, openUntil: null };
  }
  const failuresInRow = breaker.failuresInRow + 1;
  return {
    failuresInRow,
    firstFailureAt: breaker.firstFailureAt ?? now,
    openUntil:
      failuresInRow >= failuresToOpen ? new Date(now.getTime() + policy.breakerSeconds * 1000) : null,
  };
}

/** Whether the endpoint is half open: only one probe at a time is sent. */
export function isProbing(breaker: Pick<BreakerState, "failuresInRow">): boolean {
  return breaker.failuresInRow >= failuresToOpen;
}
