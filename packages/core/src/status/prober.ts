import type { Context } from "../context.ts";
import { type ProbeResult, probe, recordProbes } from "./probe.ts";
import type { ProbeTarget } from "./schemas.ts";

export type ProberOptions = {
  /** The probe of each target. */
  targets: readonly { target: ProbeTarget; ask: (signal: AbortSignal) => Promise<boolean> }[];
  contextNow: () => Context;
  firstAfterSeconds: number;
  everySeconds?: number;
  /** Called when the results cannot be stored, for example because the database is unreachable. */
  onProblem: (error: unknown) => void;
};

const minuteMilliseconds = 60_000;

/**
 * Probes every target once a minute and stores the results, until stopped. Several processes may probe: the first result of a
 * minute is kept.
 */
export function startProber(options: ProberOptions): { stop: () => Promise<void> } {
  let running: Promise<void> = Promise.resolve();

  const round = async () => {
    const results: ProbeResult[] = await Promise.all(
      options.targets.map(({ target, ask }) => probe(target, ask)),
    );
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
      clearTimeout(first);
      clearInterval(every);
      await running;
    },
  };
}
