import { type Context, createContext } from "@sor/core";
import { currentSequence } from "@sor/core/journal";
import { readFeedHead } from "@sor/core/tracking";
import type { Deps } from "../app-env.ts";

/** Wakes requests that wait for what a feed gets; polls the database only while one waits. */
export type FeedClock = {
  /** Counter of observed changes; read it before looking for events. */
  count: () => number;
  /** Resolves when something has changed since that count, at the timeout, or at the signal. */
  changedSince: (count: number, milliseconds: number, signal: AbortSignal) => Promise<void>;
};

const lookMilliseconds = 200;
/** A clock for each process, shared by all waiting requests. */
function clockOf(readHead: (ctx: Context) => Promise<string>): (deps: Deps) => FeedClock {
  const clocks = new WeakMap<Deps, FeedClock>();
  return (deps) => {
    const clock = clocks.get(deps) ?? createFeedClock(deps, readHead);
    clocks.set(deps, clock);
    return clock;
  };
}

/** The clock of message events. */
export const feedClock = clockOf(readFeedHead);

/** The clock of the register's journal. */
export const changeClock = clockOf(async (ctx) => String(await currentSequence(ctx.db)));

function createFeedClock(deps: Deps, readHead: (ctx: Context) => Promise<string>): FeedClock {
  const actor = { kind: "system", job: "feed" } as const;
  const waiting = new Set<() => void>();
  let count = 0;
  let head = "";
  let isLooking = false;

  const look = async () => {
    const seen = await readHead(createContext(deps.db, actor, deps.clock()));
    if (seen === head) return;
    head = seen;
    count += 1;
    for (const wake of [...waiting]) wake();
  };
  const keepLooking = () => {
    if (isLooking) return;
    isLooking = true;
    const again = () => {
      isLooking = false;
      if (waiting.size > 0) keepLooking();
    };
    setTimeout(() => {
      look()
        .catch((error: unknown) => deps.log.warn({ err: error }, "feed not looked at; trying again"))
        .finally(again);
    }, lookMilliseconds).unref();
  };

  return {
    count: () => count,
    changedSince: async (since, milliseconds, signal) => {
      if (count !== since || signal.aborted || milliseconds <= 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, milliseconds);
      waiting.add(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
      keepLooking();
      await promise;
      waiting.delete(resolve);
      clearTimeout(timer);
    },
  };
}
