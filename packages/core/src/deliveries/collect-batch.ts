import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";

const waitMilliseconds = 2;
const waitsMax = 5;

/**
 * Waits a little, at most some ten milliseconds, until half as many have come as came together lately: what is then done for
 * all at once costs each less. Where nobody came together nobody is waited for.
 */
export async function gather(arrived: () => number, lately: number): Promise<void> {
  await nextTurn();
  for (let waits = 0; waits < waitsMax && arrived() * 2 < lately; waits += 1) await pause(waitMilliseconds);
}

/** How many came together lately, after so many came now: forgotten by halves. */
export const latelyAfter = (lately: number, now: number): number => Math.max(now, lately >> 1);
