/** What one attempt to hand a message over came to. */
export type SendingOutcome =
  | { kind: "sent" }
  /** Refused for good. */
  | { kind: "refused"; error: string }
  /** Not taken now, or nobody knows. */
  | { kind: "failed"; error: string; retryAfterSeconds?: number };

export type SendingDecision =
  | { state: "sent" | "failed" | "expired" }
  | { state: "waiting"; nextAttemptAt: Date };

const firstDelaySeconds = 60;
const longestDelaySeconds = 3600;
/** So many messages refused in a row and the receiver is suspended. */
export const refusalsToSuspend = 3;

/** What happens after attempt number `attempts`: a minute, doubled to an hour, with half of it by chance, for a day. */
export function nextSending(
  message: { attempts: number; giveUpAt: Date },
  outcome: SendingOutcome,
  now: Date,
  random: number,
): SendingDecision {
  if (outcome.kind === "sent") return { state: "sent" };
  if (outcome.kind === "refused") return { state: "failed" };
  const ceiling = Math.min(firstDelaySeconds * 2 ** Math.min(message.attempts - 1, 10), longestDelaySeconds);
  const asked = Math.min(outcome.retryAfterSeconds ?? 0, 6 * 3600);
  const nextAttemptAt = new Date(now.getTime() + Math.max(asked, (ceiling * (1 + random)) / 2) * 1000);
  return nextAttemptAt > message.giveUpAt ? { state: "expired" } : { state: "waiting", nextAttemptAt };
}
