import { createContext } from "@sor/core";
import { continueResends, forgetOldResends } from "@sor/core/resends";
import type { WorkerDeps } from "../app-env.ts";
import { repeat } from "./repeat.ts";

const roundMilliseconds = 1000;
const messagesARound = 50;
const roundsBetweenForgetting = 3600;

/** Continues the jobs that resend many messages, at a limited rate per second, until it is stopped. */
export async function runResends(deps: WorkerDeps, wake: () => void, stopping: AbortSignal): Promise<void> {
  let rounds = 0;
  await repeat(roundMilliseconds, stopping, async () => {
    await resendOnce(deps, wake, rounds % roundsBetweenForgetting === 0);
    rounds += 1;
  });
}

async function resendOnce(deps: WorkerDeps, wake: () => void, isForgetting: boolean): Promise<void> {
  const ctx = createContext(deps.db, { kind: "system", job: "resend" }, deps.clock());
  try {
    const { sent, faults } = await continueResends(ctx, { limit: messagesARound });
    for (const fault of faults) deps.log.error({ err: fault }, "a message could not be sent again");
    if (sent > 0) wake();
    if (isForgetting) await forgetOldResends(ctx);
  } catch (error) {
    deps.log.warn({ err: error }, "messages not sent again; trying again");
  }
}
