import { setTimeout as pause } from "node:timers/promises";
import { createContext } from "@sor/core";
import { numberEvents } from "@sor/core/feed";
import type { Deps } from "../app-env.ts";

const lookMilliseconds = 100;
const afterFaultMilliseconds = 1000;

/** Numbers events for the feed as soon as they are committed, until the signal; one process at a time. */
export async function numberFeed(
  deps: Pick<Deps, "db" | "log" | "clock">,
  signal: AbortSignal,
): Promise<void> {
  const actor = { kind: "system", job: "feed" } as const;
  while (!signal.aborted) {
    const wait = await numberEvents(createContext(deps.db, actor, deps.clock())).then(
      (mayBeMore) => (mayBeMore ? 0 : lookMilliseconds),
      (error: unknown) => {
        deps.log.warn({ err: error }, "events not numbered; trying again");
        return afterFaultMilliseconds;
      },
    );
    await pause(wait, undefined, { signal }).catch(() => undefined);
  }
}
