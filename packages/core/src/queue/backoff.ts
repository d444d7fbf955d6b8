/** Exponential backoff: the first wait, the ratio of each to the one before, and the longest, in seconds. */
export type Backoff = { firstSeconds: number; factor: number; longestSeconds: number };

/** The wait after attempt number `attempts` (from 1) in seconds, without jitter. */
export function backoffSeconds(attempts: number, { firstSeconds, factor, longestSeconds }: Backoff): number {
  return Math.min(firstSeconds * factor ** Math.min(attempts - 1, 20), longestSeconds);
}

/** The last attempt is made this long before `giveUpAt`, so that a worker has time to make it. */
export const lastAttemptSeconds = 30;

/**
 * The time of the next attempt after a wait of so many seconds: never after `giveUpAt`. A longer wait is cut to the last attempt,
 * 30 seconds before `giveUpAt`; after that attempt the result is `giveUpAt` itself, when the row expires. Undefined when
 * `giveUpAt` has passed.
 */
export function nextAttemptWithin(giveUpAt: Date, waitSeconds: number, now: Date): Date | undefined {
  if (now >= giveUpAt) return undefined;
  const wanted = now.getTime() + Math.round(waitSeconds * 1000);
  const last = giveUpAt.getTime() - lastAttemptSeconds * 1000;
  return new Date(Math.min(wanted, last > now.getTime() ? last : giveUpAt.getTime()));
}
