import { createContext } from "@sor/core";
import { continueBulk, forgetOldBulk } from "@sor/core/bulk";
import type { WorkerDeps } from "../app-env.ts";
import { repeat } from "./repeat.ts";

const roundMilliseconds = 500;
const roundsBetweenForgetting = 7200;

/** Carries out bulk edits, one after the other, until it is stopped. */
export async function runBulk(deps: WorkerDeps, stopping: AbortSignal): Promise<void> {
  let rounds = 0;
  await repeat(roundMilliseconds, stopping, async () => {
    const job = () => createContext(deps.db, { kind: "system", job: "bulk" }, deps.clock());
    try {
      for (let isMore = true; isMore && !stopping.aborted; ) isMore = await continueBulk(job());
      if (rounds % roundsBetweenForgetting === 0) await forgetOldBulk(job());
    } catch (error) {
      deps.log.error({ err: error }, "a bulk edit was not carried out; trying again");
    }
    rounds += 1;
  });
}
