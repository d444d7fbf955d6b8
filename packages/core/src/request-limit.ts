const windowSeconds = 60;
/** Clients counted separately per window; all others share the limit of one client. Bounds memory. */
const clientsMax = 200_000;

export type RequestLimit = {
  readonly policy: string;
  /** Counts a request as `points` (default 1); `allowed` false means 429. */
  take(client: string, points?: number): Taken;
};
type Taken = { allowed: boolean; header: string; retryAfterSeconds: number };

/**
 * Rate limit per client in windows of a minute, in memory. All windows end together, so that resetting is one step (RateLimit
 * fields: IETF draft, section 3). Synchronous, since the fast lookup calls it each time (decision 0014).
 */
export function createRequestLimit(
  perMinute: number,
  clock: () => number = performance.now.bind(performance),
): RequestLimit {
  const used = new Map<string, number>();
  let ends = 0;
  return {
    policy: `"client";q=${perMinute};w=${windowSeconds}`,
    take: (client, points = 1) => {
      const now = clock();
      if (now >= ends) {
        used.clear();
        ends = now + windowSeconds * 1000;
      }
      const known = used.get(client);
      const key = known === undefined && used.size >= clientsMax ? "others" : client;
      const total = (known ?? used.get(key) ?? 0) + points;
      used.set(key, total);
      const seconds = Math.max(1, Math.ceil((ends - now) / 1000));
      const header = `"client";r=${Math.max(0, perMinute - total)};t=${seconds}`;
      return { allowed: total <= perMinute, header, retryAfterSeconds: seconds };
    },
  };
}
