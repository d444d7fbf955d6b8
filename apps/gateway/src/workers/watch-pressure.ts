import { createContext } from "@sor/core";
import { clearAlertSignal, raiseAlertSignal } from "@sor/core/alerts";
import type { Deps } from "../app-env.ts";
import {
  judgePressure,
  noPressure,
  type PressureLook,
  type PressureMemory,
} from "../intake/judge-pressure.ts";
import { repeat } from "./repeat.ts";

type PressureDeps = Pick<Deps, "db" | "refusals" | "log" | "clock">;

const lookMilliseconds = 5000;

/** Reports to the alerts while this process refuses interchanges for lack of capacity (503), until it is stopped. */
export async function watchPressure(
  deps: PressureDeps,
  worker: string,
  stopping: AbortSignal,
): Promise<void> {
  let memory = noPressure;
  await repeat(lookMilliseconds, stopping, async () => {
    memory = await lookAtPressure(deps, worker, memory);
  });
}

/** Checks once; returns the new state. A failed report is logged at once and retried at the next check. */
export async function lookAtPressure(
  deps: PressureDeps,
  worker: string,
  before: PressureMemory,
): Promise<PressureMemory> {
  const now = deps.clock();
  const look = judgePressure(before, deps.refusals.interchanges, now);
  const { memory } = look;
  if (memory.episode && !before.episode)
    deps.log.error({ refused: memory.episode.refused }, "interchanges are refused");
  const isKnown = await tell(deps, worker, look);
  if (look.isOver) {
    // The end is reported as soon as the database is available.
    if (!isKnown) return before;
    deps.log.warn({ refused: before.episode?.refused }, "interchanges are taken in again");
    return memory;
  }
  if (!isKnown || !memory.episode) return memory;
  return { ...memory, episode: { ...memory.episode, knownSince: memory.episode.knownSince ?? now } };
}

async function tell(deps: PressureDeps, worker: string, { signal }: PressureLook): Promise<boolean> {
  if (!signal) return false;
  const ctx = createContext(deps.db, { kind: "system", job: "pressure" }, deps.clock());
  const what = { kind: "back-pressure", subject: `node:${worker}` } as const;
  const telling =
    signal.kind === "clear"
      ? clearAlertSignal(ctx, what)
      : raiseAlertSignal(ctx, { ...what, forSeconds: signal.forSeconds, facts: signal.facts });
  return await telling.then(
    () => true,
    (error: unknown) => {
      deps.log.warn({ err: error }, "alerts were not told of refused interchanges; trying again");
      return false;
    },
  );
}
