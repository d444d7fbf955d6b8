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

/** The most precise of some questions, each corrected for its round trip. */
async function bestSample(ask: () => Promise<number>, monotonic: () => number): Promise<Comparison> {
  let best: Comparison | undefined;
  for (let count = 0; count < samples; count += 1) {
    const begun = monotonic();
    const databaseTime = await ask();
    const uncertainty = (monotonic() - begun) / 2;
    if (!best || uncertainty < best.uncertainty)
      best = { databaseTime, at: begun + uncertainty, uncertainty };
  }
  return best as Comparison;
}

/** Work that is begun again only after it has ended; who asks meanwhile waits for the same. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/**
 * Follows the database's clock: compares with it at once and then every minute, correcting for the round trip, and detects at
 * once when the machine's clock is changed in between. Neither clock alone is trusted.
 */
export function followDatabaseClock(db: Database, options: DatabaseClockOptions = {}): DatabaseClock {
  const { skewSecondsMax = 5, onProblem, ask = () => askDatabase(db) } = options;
  const { wall = Date.now, monotonic = () => performance.now() } = options;
  const listeners = new Set<(state: ClockState) => void>();
  let last: Comparison | undefined;
  let agreed: Comparison | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let isTrusted = false;

  const timeOf = ({ databaseTime, at }: Comparison) => databaseTime + (monotonic() - at);
  const skewSeconds = () => (last ? (wall() - timeOf(last)) / 1000 : null);
  const state = (): ClockState => ({ isTrusted, skewSeconds: skewSeconds() });

  // Hysteresis: once the clocks have disagreed, they must agree clearly better than the limit to be trusted again.
  const judge = () => {
    const skew = skewSeconds();
    if (!last || skew === null) return;
    const limit = skewSecondsMax * (isTrusted ? 1 : 0.5) + last.uncertainty / 1000;
    if (Math.abs(skew) <= limit === isTrusted) return;
    isTrusted = !isTrusted;
    for (const listener of listeners) listener(state());
  };

  const compareOnce = async () => {
    const best = await bestSample(ask, monotonic);
    // If the answer was too slow to be precise, the previous state is kept.
    if (best.uncertainty > skewSecondsMax * 500) return;
    last = best;
    judge();
    // The first comparison is used even without agreement: all processes share the database's time.
    if (isTrusted || !agreed) agreed = best;
  };

  const compareAlone = oneAtATime(() => compareOnce().catch((error: unknown) => onProblem?.(error)));
  const compare = () => {
    askedAt = monotonic();
    return compareAlone();
  };

  const timer = setInterval(() => {
    judge();
    const wait = isTrusted ? compareSeconds : compareAgainSeconds;
    if (monotonic() - askedAt >= wait * 1000) void compare();
  }, 1000);
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
