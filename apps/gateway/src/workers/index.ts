/** Answers what runs in the background: deliveries, and time-based changes. */
import { hostname } from "node:os";
import { type Context, createContext } from "@sor/core";
import { tendDrafts } from "@sor/core/changesets";
import { listenTo } from "@sor/core/database";
import { measureDayLag, noteDayChanges } from "@sor/core/day-changes";
import { announceWork, measureQueues, workChannel } from "@sor/core/deliveries";
import { measureFeedLag } from "@sor/core/feed";
import { currentSequence } from "@sor/core/journal";
import { endDrains, followMovedLocations, tendDeliveries } from "@sor/core/redirection";
import type { Deps, WorkerDeps } from "../app-env.ts";
import { readReturned } from "../mail/read-returned.ts";
import { showQueues } from "../metrics/message-metrics.ts";
import { runAlerts } from "./alert.ts";
import { runBulk } from "./bulk.ts";
import { startDelivery } from "./deliver.ts";
import { mailAccounts } from "./mail-accounts.ts";
import { makeSnapshots } from "./make-snapshots.ts";
import { numberFeed } from "./number-feed.ts";
import { probeEndpoints } from "./probe.ts";
import { runPruning } from "./prune.ts";
import { repeat } from "./repeat.ts";
import { runResends } from "./resend.ts";
import { runSwitches } from "./switch-vendors.ts";
import { watchClock } from "./watch-clock.ts";
import { watchPressure } from "./watch-pressure.ts";
import { type Workers, whileTrusted } from "./while-trusted.ts";

type StartDeps = WorkerDeps & Pick<Deps, "databaseClock" | "refusals">;

export type { Workers } from "./while-trusted.ts";

const tendMilliseconds = 1000;
const tendAtOnce = 200;
const followMilliseconds = 20_000;
const noteDaysMilliseconds = 20_000;
const draftsMilliseconds = 3_600_000;

/**
 * Starts the workers of this process; `stop` ends them after their work in progress. Time-based work is only done while the
 * clock is trusted.
 */
export function startWorkers(deps: StartDeps): Workers {
  const worker = `${hostname()}:${process.pid}`;
  const stopping = new AbortController();
  const { signal } = stopping;
  const timed = whileTrusted(deps, () => startTimed(deps, worker));
  const loops = [
    measure(deps, signal),
    numberFeed(deps, signal),
    watchPressure(deps, worker, signal),
    watchClock(deps, worker, signal),
  ];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([timed.stop(), ...loops]);
    },
  };
}

function startTimed(deps: WorkerDeps, worker: string): Workers {
  const delivery = startDelivery(deps, worker);
  const listener = listenTo(deps.config.DATABASE_URL, workChannel, {
    notice: delivery.wake,
    connected: delivery.wake,
    lost: (error) => deps.log.warn({ err: error }, "not hearing of work; looking every second"),
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops = [
    tend(deps, signal),
    follow(deps, signal),
    noteDays(deps, signal),
    tendOldDrafts(deps, signal),
    probeEndpoints(deps, signal),
    runAlerts(deps, signal),
    runPruning(deps, signal),
    makeSnapshots(deps, signal),
    mailAccounts(deps, signal),
    readReturned(deps, signal),
    runResends(deps, delivery.wake, signal),
    runBulk(deps, signal),
    runSwitches(deps, signal),
  ];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([listener.stop(), delivery.stop(), ...loops]);
    },
  };
}

const measureMilliseconds = 10_000;

async function measure(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const actor = { kind: "system", job: "measure" } as const;
  const look = () =>
    measureOnce(deps, createContext(deps.db, actor, deps.clock())).catch((error: unknown) =>
      deps.log.warn({ err: error }, "queues not measured"),
    );
  await repeat(measureMilliseconds, signal, look);
}

async function measureOnce(deps: WorkerDeps, ctx: Context): Promise<void> {
  deps.metrics.registerSequence.set(await currentSequence(ctx.db));
  deps.metrics.feedLagSeconds.set(await measureFeedLag(ctx));
  deps.metrics.registerFeedLagSeconds.set(await measureDayLag(ctx));
  showQueues(deps, await measureQueues(ctx));
}

async function tend(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const actor = { kind: "system", job: "tend" } as const;
  const question = { gatewayParty: deps.config.GATEWAY_PARTY, limit: tendAtOnce };
  await repeat(tendMilliseconds, signal, async () => {
    const ctx = createContext(deps.db, actor, deps.clock());
    await tendDeliveries(ctx, question)
      .then(() => endDrains(ctx))
      .catch((error: unknown) => deps.log.warn({ err: error }, "queues not tended; trying again"));
  });
}

/** Journals what begins or ends to hold, a day at a time until it has caught up. */
async function noteDays(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const actor = { kind: "system", job: "day-changes" } as const;
  await repeat(noteDaysMilliseconds, signal, async () => {
    try {
      for (let isCaughtUp = false; !isCaughtUp && !signal.aborted; ) {
        ({ isCaughtUp } = await noteDayChanges(createContext(deps.db, actor, deps.clock())));
      }
    } catch (error) {
      deps.log.warn({ err: error }, "what begins or ends to hold not journalled; trying again");
    }
  });
}

/** Warns of drafts that nobody changes, and withdraws them. */
async function tendOldDrafts(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const actor = { kind: "system", job: "drafts" } as const;
  await repeat(draftsMilliseconds, signal, async () => {
    try {
      const ctx = createContext(deps.db, actor, deps.clock());
      const { warned, withdrawn } = await tendDrafts(ctx, { keepDays: deps.config.DRAFT_KEEP_DAYS });
      if (warned + withdrawn > 0) deps.log.info({ warned, withdrawn }, "old drafts of change sets");
    } catch (error) {
      deps.log.warn({ err: error }, "old drafts not tended; trying again in an hour");
    }
  });
}

async function follow(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const actor = { kind: "system", job: "follow" } as const;
  const question = { gatewayParty: deps.config.GATEWAY_PARTY, limit: tendAtOnce };
  await repeat(followMilliseconds, signal, () =>
    followMovedLocations(createContext(deps.db, actor, deps.clock()), question).catch((error: unknown) =>
      deps.log.warn({ err: error }, "moved location numbers not followed; trying again"),
    ),
  );
}

/**
 * Makes the function by which requests wake the workers of all processes: calls within a few milliseconds become one
 * notification. A lost notification costs a second, since the workers also poll.
 */
export function createAnnouncer(deps: Pick<Deps, "db" | "log">): () => void {
  let isPending = false;
  return () => {
    if (isPending) return;
    isPending = true;
    setTimeout(() => {
      isPending = false;
      announceWork(deps.db).catch((error: unknown) => deps.log.warn({ err: error }, "workers not woken"));
    }, 5);
  };
}
