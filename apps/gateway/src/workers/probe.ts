import { createContext } from "@sor/core";
import { newId } from "@sor/core/database";
import { endOldSecrets } from "@sor/core/endpoints";
import {
  askEndpoint,
  measureEndpoints,
  noteVerifications,
  recordProbe,
  type TakenCheck,
  takeChecks,
  takeFolderTests,
  testEvent,
  testTimeoutSeconds,
  tryWantedFolder,
  type WantedFolder,
} from "@sor/core/probes";
import type { Deps, WorkerDeps } from "../app-env.ts";
import { privateHostsOf } from "../config.ts";
import { createCrew } from "./crew.ts";
import { repeat } from "./repeat.ts";
import { tryFolder } from "./send-folder.ts";

const actor = { kind: "system", job: "probe" } as const;
const lookMilliseconds = 5000;
const lookForFoldersMilliseconds = 2000;
const atOnce = 16;
const timeoutSeconds = 10;
/** Longer than a probe can take, so that no other process probes meanwhile. */
const leaseSeconds = 60;
const lookAroundMilliseconds = 30_000;

/** Probes webhooks periodically, tests folders on demand, ends old signing secrets and exports metrics, until the signal. */
export async function probeEndpoints(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  await Promise.all([askInTurn(deps, signal), tryFolders(deps, signal), lookAround(deps, signal)]);
}

async function askInTurn(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const everySeconds = deps.config.ENDPOINT_PROBE_MINUTES * 60;
  if (everySeconds === 0) return;
  const crew = createCrew({ limit: atOnce, share: deps.config.SUPPLIER_SHARE });
  const tell = (error: unknown) => deps.log.warn({ err: error }, "endpoints not asked; trying again");
  await repeat(lookMilliseconds, signal, async () => {
    try {
      const question = { ...crew.free(), leaseSeconds, everySeconds };
      const taken = await takeChecks(createContext(deps.db, actor, deps.clock()), question);
      for (const check of taken)
        crew.begin(check.supplierId, () => ask(deps, check, everySeconds).catch(tell));
    } catch (error) {
      tell(error);
    }
  });
  await crew.settled();
}

async function ask(deps: WorkerDeps, check: TakenCheck, everySeconds: number): Promise<void> {
  const { endpointId, address, method, signingSecrets } = check;
  const event =
    method === "test-event"
      ? testEvent({ id: newId(), endpointId, signingSecrets, now: deps.clock() })
      : undefined;
  const answer = await askEndpoint({
    address,
    method,
    event,
    privateHosts: privateHostsOf(deps.config),
    timeoutMilliseconds: timeoutSeconds * 1000,
  });
  deps.metrics.endpointProbes.inc({ outcome: answer.detail.fault ?? "ok" });
  const now = deps.clock();
  // Plus or minus a fifth, so that the probes spread out and stay spread.
  const waitSeconds = everySeconds * (0.8 + 0.4 * Math.random());
  const nextProbeAt = new Date(now.getTime() + waitSeconds * 1000);
  await recordProbe(createContext(deps.db, actor, now), {
    endpointId,
    address,
    origin: "clock",
    answer,
    nextProbeAt,
  });
  const { fault, status } = answer.detail;
  deps.log.info({ endpointId, method, fault, status, ms: answer.latencyMilliseconds }, "endpoint asked");
}

// Whoever orders a test waits for it, so this runs even where periodic probes are off.
async function tryFolders(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const question = { limit: atOnce, leaseSeconds };
  await repeat(lookForFoldersMilliseconds, signal, async () => {
    try {
      const taken = await takeFolderTests(createContext(deps.db, actor, deps.clock()), question);
      await Promise.all(taken.map((wanted) => tryOne(deps, wanted)));
    } catch (error) {
      deps.log.warn({ err: error }, "folders not tried; trying again");
    }
  });
}

async function tryOne(deps: WorkerDeps, wanted: WantedFolder): Promise<void> {
  const where = { root: deps.config.FOLDER_ROOT, timeoutMilliseconds: testTimeoutSeconds * 1000 };
  const ctx = createContext(deps.db, actor, deps.clock());
  const { isUp } = await tryWantedFolder(ctx, wanted, (folder) => tryFolder({ ...where, ...folder }));
  deps.log.info({ endpointId: wanted.endpointId, isUp }, "folder tried");
}

async function lookAround(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  await repeat(lookAroundMilliseconds, signal, async () => {
    const ctx = createContext(deps.db, actor, deps.clock());
    try {
      await endOldSecrets(ctx);
      await noteVerifications(ctx);
      showEndpoints(deps, await measureEndpoints(ctx));
    } catch (error) {
      deps.log.warn({ err: error }, "endpoints not looked after; trying again");
    }
  });
}

function showEndpoints(
  { metrics }: Pick<Deps, "metrics">,
  { certificateExpirySeconds, answering }: Awaited<ReturnType<typeof measureEndpoints>>,
): void {
  if (certificateExpirySeconds === null) metrics.certificateExpirySeconds.reset();
  else metrics.certificateExpirySeconds.set(certificateExpirySeconds);
  for (const [probe, count] of Object.entries(answering)) metrics.endpointsAnswering.set({ probe }, count);
}
