import { setTimeout as sleep } from "node:timers/promises";
import { createContext } from "@sor/core";
import { type Attempt, gather, latelyAfter, type Recorded, recordAttempts } from "@sor/core/deliveries";
import type { Deps } from "../app-env.ts";

type Ended = { attempt: Attempt; settle: (recorded: Recorded) => void; fail: (error: unknown) => void };

/** Records the outcome of an attempt; rejects when the database has not stored it after several tries. */
export type Recorder = (attempt: Attempt) => Promise<Recorded>;

const actor = { kind: "system", job: "deliver" } as const;
const togetherMax = 64;
const triesMax = 6;

/**
 * Records attempts in batches: those that end at about the same time share a transaction and the lock of their endpoint's
 * breaker.
 */
export function createRecorder(
  { db, clock, log }: Pick<Deps, "db" | "clock" | "log">,
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Recorder {
  let waiting: Ended[] = [];
  let isUnderWay = false;
  let lately = 0;
  const write = (attempts: readonly Attempt[]) => recordAttempts(createContext(db, actor, clock()), attempts);

  // A delivery's success must not be lost because the database was briefly unavailable.
  const writeAgain = async ({ attempt, settle, fail }: Ended) => {
    for (let tries = 1; ; tries += 1) {
      try {
        const [recorded] = await write([attempt]);
        return settle(recorded as Recorded);
      } catch (error) {
        if (tries === triesMax) return fail(error);
        await pause(200 * 2 ** tries);
      }
    }
  };

  const writeTogether = async (ended: readonly Ended[]) => {
    try {
      const recorded = await write(ended.map(({ attempt }) => attempt));
      for (const [at, { settle }] of ended.entries()) settle(recorded[at] as Recorded);
    } catch (error) {
      log.warn({ err: error, count: ended.length }, "attempts not written down; each is tried by itself");
      // An error of one attempt must not fail the others in the batch, and it is not awaited here.
      for (const one of ended) void writeAgain(one);
    }
  };

  const run = async () => {
    isUnderWay = true;
    while (waiting.length > 0) {
      await gather(() => waiting.length, lately);
      const ended = nextTogether(waiting);
      lately = latelyAfter(lately, ended.length);
      waiting = waiting.filter((one) => !ended.includes(one));
      await writeTogether(ended);
    }
    isUnderWay = false;
  };

  return (attempt) =>
    new Promise((settle, fail) => {
      waiting.push({ attempt, settle, fail });
      if (!isUnderWay) void run();
    });
}

// Two attempts of one delivery, the first of which outlived its lease, are recorded one after the other.
function nextTogether(waiting: readonly Ended[]): Ended[] {
  const byDelivery = Map.groupBy(waiting.slice(0, togetherMax), ({ attempt }) => attempt.delivery.id);
  return [...byDelivery.values()].flatMap(([first]) => first ?? []);
}
