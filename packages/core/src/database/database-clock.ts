import type { Database } from "./connect.ts";

/** How this machine's clock stands to the database's. */
export type ClockState = {
  /** Both agree within the limit: what they say may be acted on. False until they were compared. */
  isTrusted: boolean;
  /** By how many seconds this machine's clock is ahead of the database's; null until they were compared. */
  skewSeconds: number | null;
};

export type DatabaseClock = {
  /** The time that both clocks agreed on last, and how long ago that is by a clock that is never set; the machine's before that. */
  now(): Date;
  state(): ClockState;
  /** Compares now; resolves when that is done, however it went. */
  compare(): Promise<void>;
  /** Calls when `isTrusted` changes; gives what ends that. */
  subscribe(listener: (state: ClockState) => void): () => void;
  stop(): void;
};

export type DatabaseClockOptions = {
  /** Beyond this difference the clocks do not agree; 5 unless given. */
  skewSecondsMax?: number;
  onProblem?: (error: unknown) => void;
  /** Milliseconds since 1970 by the database; asked of `db` unless given. */
  ask?: () => Promise<number>;
  /** Milliseconds since 1970 by the machine. */
  wall?: () => number;
  /** Milliseconds by a clock that is never set. */
  monotonic?: () => number;
};

type Comparison = { databaseTime: number; at: number; uncertainty: number };

const compareSeconds = 60;
/** While they do not agree, or have not been compared. */
const compareAgainSeconds = 5;
const samples = 3;

async function askDatabase(db: Database): Promise<number> {
  const { rows } = await db.$client.query<{ now: string }>(
    "select extract(epoch from clock_timestamp()) * 1000 as now",
  );
  return Number(rows[0]?.now);
}

/**
 * Follows the database's clock: compares with it at once and each minute, the time of the round trip taken into account, and
 * notices at once when the machine's clock is set in between. Neither clock alone is believed.
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

  // Once they have differed, they have to agree better than by a hair before that counts as over.
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
    // Where the answer took too long to tell, what was known before goes on to hold.
    if (best.uncertainty > skewSecondsMax * 500) return;
    last = best;
    judge();
    // Who never agreed goes by the database, whose time all processes share.
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
