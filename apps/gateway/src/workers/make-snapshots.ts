import { createContext } from "@sor/core";
import { clearAlertSignal, raiseAlertSignal } from "@sor/core/alerts";
import { makeDueSnapshot, type SnapshotOutcome } from "@sor/core/snapshots";
import type { WorkerDeps } from "../app-env.ts";
import { snapshotPlaceOf } from "../config.ts";
import { repeat } from "./repeat.ts";

const lookMilliseconds = 5000;
const signal = { kind: "snapshot-failed", subject: "gateway" } as const;
/** Longer than the wait before the next try, so that the alert stays while it fails. */
const signalSeconds = 1800;

/** Makes snapshots of the register as they are due or asked for, until it is stopped; one process at a time makes one. */
export async function makeSnapshots(deps: WorkerDeps, stopping: AbortSignal): Promise<void> {
  const place = snapshotPlaceOf(deps.config);
  await repeat(lookMilliseconds, stopping, async () => {
    try {
      const outcome = await makeDueSnapshot(deps.db, deps.clock, place);
      if (outcome.made !== "none") await tell(deps, outcome);
    } catch (error) {
      deps.log.warn({ err: error }, "snapshots not looked at; trying again");
    }
  });
}

async function tell(deps: WorkerDeps, outcome: Exclude<SnapshotOutcome, { made: "none" }>): Promise<void> {
  const ctx = createContext(deps.db, { kind: "system", job: "snapshots" }, deps.clock());
  if (outcome.made === "failed") {
    deps.log.error({ err: outcome.error, failure: outcome.failure }, "a snapshot was not made; trying again");
    return await raiseAlertSignal(ctx, { ...signal, forSeconds: signalSeconds });
  }
  const { manifest, seconds } = outcome;
  deps.log.info({ name: manifest.name, sequence: manifest.sequence, seconds }, "snapshot published");
  deps.metrics.filesMadeAt.set(Date.parse(manifest.madeAt) / 1000);
  deps.metrics.filesSequence.set(manifest.sequence);
  deps.metrics.filesRunSeconds.set(seconds);
  await clearAlertSignal(ctx, signal);
}
