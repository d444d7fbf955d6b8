import { createContext } from "@sor/core";
import { continueSwitches } from "@sor/core/vendor-switches";
import type { WorkerDeps } from "../app-env.ts";
import { repeat } from "./repeat.ts";

const roundMilliseconds = 2000;

/** Applies and undoes the waves of vendor switches, and halts those whose deliveries fail, until it is stopped. */
export async function runSwitches(deps: WorkerDeps, stopping: AbortSignal): Promise<void> {
  await repeat(roundMilliseconds, stopping, async () => {
    const job = () => createContext(deps.db, { kind: "system", job: "vendor-switches" }, deps.clock());
    try {
      for (let isMore = true; isMore && !stopping.aborted; ) isMore = await continueSwitches(job());
    } catch (error) {
      deps.log.error({ err: error }, "a vendor switch was not continued; trying again");
    }
  });
}
