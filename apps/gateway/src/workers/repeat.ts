import { setInterval as every } from "node:timers/promises";

/**
 * Does the work now and then at every interval, never twice at once, until the signal; the work in progress is waited for. `work`
 * reports its own errors: one that it throws ends the loop.
 */
export async function repeat(
  milliseconds: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
): Promise<void> {
  if (signal.aborted) return;
  await work();
  try {
    for await (const _ of every(milliseconds, undefined, { signal })) await work();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
