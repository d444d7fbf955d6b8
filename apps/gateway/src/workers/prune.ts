import { createContext } from "@sor/core";
import { clearAlertSignal, raiseAlertSignal } from "@sor/core/alerts";
import { lastPrunes, prune } from "@sor/core/retention";
import type { Deps } from "../app-env.ts";
import { retentionOf } from "../config.ts";
import { repeat } from "./repeat.ts";

type PruneDeps = Pick<Deps, "config" | "db" | "metrics" | "log" | "clock">;

const hour = 3_600_000;
const signal = { kind: "prune-failed", subject: "gateway" } as const;
const signalSeconds = 7200;

/** Removes expired data every hour, until it is stopped; one gateway process does it, and the rest is left for the next hour. */
export async function runPruning(deps: PruneDeps, stopping: AbortSignal): Promise<void> {
  await repeat(hour, stopping, () => pruneOnce(deps, stopping));
}

/** Removes expired data now; errors go to log, alert and metric, and are never thrown. */
async function pruneOnce(deps: PruneDeps, stopping: AbortSignal): Promise<void> {
  const job = () => createContext(deps.db, { kind: "system", job: "prune" }, deps.clock());
  const retention = retentionOf(deps.config);
  try {
    const reports = await prune(job(), { retention, isStopping: () => stopping.aborted });
    for (const { kind, removed, removedBytes, certificate } of reports) {
      if (removed > 0) deps.log.info({ kind, removed, removedBytes, certificate }, "removed what was due");
    }
    if (reports.length > 0) await clearAlertSignal(job(), signal);
  } catch (error) {
    deps.log.error({ err: error }, "a deletion run has failed; trying again in an hour");
    await raiseAlertSignal(job(), { ...signal, forSeconds: signalSeconds }).catch((fault: unknown) =>
      deps.log.error({ err: fault }, "the failed deletion run was not told"),
    );
  }
  await showPrunes(deps, job()).catch((error: unknown) =>
    deps.log.warn({ err: error }, "deletion runs not measured"),
  );
}

async function showPrunes(deps: PruneDeps, ctx: Parameters<typeof lastPrunes>[0]): Promise<void> {
  for (const { kind, lastSuccessAt } of await lastPrunes(ctx)) {
    if (lastSuccessAt) deps.metrics.pruneLastSuccess.set({ kind }, lastSuccessAt.getTime() / 1000);
  }
}
