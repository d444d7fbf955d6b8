import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";

const waitMilliseconds = 2;
const waitsMax = 5;

/**
 * Waits some ten milliseconds at most, until half the recent batch size has arrived: a larger batch costs less per item. Does not
 * wait when recent batches had one item.
 */
export async function gather(arrived: () => number, lately: number): Promise<void> {
  await nextTurn();
  for (let waits = 0; waits < waitsMax && arrived() * 2 < lately; waits += 1) await pause(waitMilliseconds);
}

/** The recent batch size after a batch of `now`; it decays by half each time. */
export const latelyAfter = (lately: number, now: number): number => Math.max(now, lately >> 1);
