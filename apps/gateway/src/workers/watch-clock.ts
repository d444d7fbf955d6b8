import { createContext } from "@sor/core";
import { clearAlertSignal, raiseAlertSignal } from "@sor/core/alerts";
import type { ClockState } from "@sor/core/database";
import type { Deps } from "../app-env.ts";
import { repeat } from "./repeat.ts";

type ClockDeps = Pick<Deps, "db" | "log" | "clock" | "databaseClock">;

const lookMilliseconds = 5000;
/** The signal is repeated at every check; it survives two checks that fail. */
const signalSeconds = 20;

/** Reports to the log and the alerts while this machine's clock and the database's disagree, until it is stopped. */
export async function watchClock(deps: ClockDeps, worker: string, stopping: AbortSignal): Promise<void> {
  const { databaseClock } = deps;
  if (!databaseClock) return;
  const signal = { kind: "clock-skew", subject: `node:${worker}` } as const;
  let isRaised = false;
  const ctx = () => createContext(deps.db, { kind: "system", job: "clock" }, deps.clock());
  const look = async () => {
    const { isTrusted, skewSeconds } = databaseClock.state();
    if (!isTrusted && skewSeconds !== null) {
      const facts = { skewSeconds: Math.round(skewSeconds) };
      await raiseAlertSignal(ctx(), { ...signal, forSeconds: signalSeconds, facts });
      isRaised = true;
    } else if (isRaised) {
      await clearAlertSignal(ctx(), signal);
      isRaised = false;
    }
  };
  const lookOrWarn = () =>
    look().catch((error: unknown) =>
      deps.log.warn({ err: error }, "alerts were not told of the clock; trying again"),
    );
  const unsubscribe = databaseClock.subscribe((state) => logChange(deps, state));
  if (databaseClock.state().skewSeconds !== null && !databaseClock.state().isTrusted)
    logChange(deps, databaseClock.state());
  try {
    await repeat(lookMilliseconds, stopping, lookOrWarn);
  } finally {
    unsubscribe();
  }
}

function logChange({ log }: Pick<Deps, "log">, { isTrusted, skewSeconds }: ClockState): void {
  if (isTrusted) log.warn({ skewSeconds }, "the clock agrees with the database's: workers run");
  else log.error({ skewSeconds }, "the clock differs from the database's: workers stand still");
}
