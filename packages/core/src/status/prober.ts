import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "../context.ts";
import { type ProbeResult, probe, recordProbes } from "./probe.ts";
import type { ProbeTarget } from "./schemas.ts";

export type ProberOptions = {
  /** The probe of each target. */
  targets: readonly { target: ProbeTarget; ask: (signal: AbortSignal) => Promise<boolean> }[];
  contextNow: () => Context;
  firstAfterSeconds: number;
  /** How long the first round asks again what does not answer: programs that start together come up one after the other. */
  graceSeconds?: number;
  everySeconds?: number;
  /** Called when the results cannot be stored, for example because the database is unreachable. */
  onProblem: (error: unknown) => void;
};

const minuteMilliseconds = 60_000;
const againMilliseconds = 500;

/**
 * Probes every target once a minute and stores the results, until stopped. Several processes may probe: the first result of a
 * minute is kept.
 */
export function startProber(options: ProberOptions): { stop: () => Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;
  let until = performance.now() + 1000 * (options.firstAfterSeconds + (options.graceSeconds ?? 0));

  const untilUp = async ({ target, ask }: ProberOptions["targets"][number]): Promise<ProbeResult> => {
    const result = await probe(target, ask);
    if (result.isUp || isStopped || performance.now() >= until) return result;
    await pause(againMilliseconds, undefined, { ref: false });
    return await untilUp({ target, ask });
  };
  const round = async () => {
    const results: ProbeResult[] = await Promise.all(options.targets.map(untilUp));
    until = 0;
    const ctx = options.contextNow();
    const minute = new Date(Math.floor(ctx.now.getTime() / minuteMilliseconds) * minuteMilliseconds);
    await recordProbes(ctx, results, minute);
  };
  const begin = () => {
    running = round().catch(options.onProblem);
  };

  let every: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    begin();
    every = setInterval(begin, (options.everySeconds ?? 60) * 1000);
    every.unref();
  }, options.firstAfterSeconds * 1000);
  first.unref();

  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(first);
      clearInterval(every);
      await running;
    },
  };
}
