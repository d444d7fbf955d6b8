import type { Database } from "./connect.ts";

/** This machine's clock compared with the database's. */
export type ClockState = {
  /** Both agree within the limit, so the time may be acted on. False until the first comparison. */
  isTrusted: boolean;
  /** By how many seconds this machine's clock is ahead of the database's; null until the first comparison. */
  skewSeconds: number | null;
};

export type DatabaseClock = {
  /** The database's time at the last trusted (or the first) comparison plus monotonic time since; until then the machine's. */
  now(): Date;
  state(): ClockState;
  /** Compares now; resolves when done, also on failure. */
  compare(): Promise<void>;
  /** Called when `isTrusted` changes; returns the unsubscribe function. */
  subscribe(listener: (state: ClockState) => void): () => void;
  stop(): void;
};

export type DatabaseClockOptions = {
  /** Maximum difference at which the clocks agree; default 5. */
  skewSecondsMax?: number;
  onProblem?: (error: unknown) => void;
  /** The database's time in milliseconds since 1970; default: a query on `db`. */
  ask?: () => Promise<number>;
  /** The machine's time in milliseconds since 1970. */
  wall?: () => number;
  /** Milliseconds of a monotonic clock. */
  monotonic?: () => number;
};

type Comparison = { databaseTime: number; at: number; uncertainty: number };

const compareSeconds = 60;
/** While they disagree, or have not been compared. */
const compareAgainSeconds = 5;
const samples = 3;

async function askDatabase(db: Database): Promise<number> {
  const { rows } = await db.$client.query<{ now: string }>(
    "select extract(epoch from clock_timestamp()) * 1000 as now",
  );
  return Number(rows[0]?.now);
}

/**
 * Follows the database's clock: compares with it at once and then every minute, correcting for the round trip, and detects at
 * once when the machine's clock is changed in between. Neither clock alone is trusted.
 */
export function followDatabaseClock(db: Database, options: DatabaseClockOptions = {}): DatabaseClock {
  const { skewSecondsMax = 5, onProblem } = options;
  const { ask = () => askDatabase(db), wall = Date.now, monotonic = () => performance.now() } = options;
  const listeners = new Set<(state: ClockState) => void>();
  let last: Comparison | undefined;
  let agreed: Comparison | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let isTrusted = false;
  let comparing: Promise<void> | undefined;

  const timeOf = ({ databaseTime, at }: Comparison) => databaseTime + (monotonic() - at);
  const skewMilliseconds = () => last && wall() - timeOf(last);
  const state = (): ClockState => {
    const skew = skewMilliseconds();
    return { isTrusted, skewSeconds: skew === undefined ? null : skew / 1000 };
  };

  // Hysteresis: once the clocks have disagreed, they must agree clearly better than the limit to be trusted again.
  const judge = () => {
    const skew = skewMilliseconds();
    if (!last || skew === undefined) return;
    const limit = skewSecondsMax * 1000 * (isTrusted ? 1 : 0.5) + last.uncertainty;
    const agrees = Math.abs(skew) <= limit;
    if (agrees === isTrusted) return;
    isTrusted = agrees;
    for (const listener of listeners) listener(state());
  };

  const sample = async (): Promise<Comparison> => {
    const begun = monotonic();
    const databaseTime = await ask();
    const uncertainty = (monotonic() - begun) / 2;
    return { databaseTime, at: begun + uncertainty, uncertainty };
  };

  const compareOnce = async () => {
    const found: Comparison[] = [];
    for (let count = 0; count < samples; count += 1) found.push(await sample());
    const best = found.reduce((a, b) => (b.uncertainty < a.uncertainty ? b : a));
    // If the answer was too slow to be precise, the previous state is kept.
    if (best.uncertainty > skewSecondsMax * 500) return;
    last = best;
    judge();
    // The first comparison is used even without agreement: all processes share the database's time.
    if (isTrusted || !agreed) agreed = best;
  };

  const compare = () => {
    askedAt = monotonic();
    comparing ??= compareOnce()
      .catch((error: unknown) => onProblem?.(error))
      .finally(() => {
        comparing = undefined;
      });
    return comparing;
  };

  const tick = () => {
    judge();
    const wait = isTrusted ? compareSeconds : compareAgainSeconds;
    if (monotonic() - askedAt >= wait * 1000) void compare();
  };
  const timer = setInterval(tick, 1000);
  timer.unref();
  void compare();

  return {
    now: () => new Date(agreed ? timeOf(agreed) : wall()),
    state,
    compare,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => clearInterval(timer),
  };
}
