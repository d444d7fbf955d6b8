import { createContext } from "@sor/core";
import { type AcceptedInterchange, getInterchange, hasFirstOutcome } from "@sor/core/messages";
import type { Context } from "hono";
import type { AppEnv, Deps } from "./app-env.ts";
import { feedClock } from "./feed-clock.ts";

const secondsMax = 30;

/** The seconds of `Prefer: wait=n` (RFC 7240), at most 30; undefined when it is not asked for, or not as the standard says. */
export function preferredWait(prefer: string | undefined): number | undefined {
  const found = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[,;]|$)/i.exec((prefer ?? "").slice(0, 500));
  return found?.[1] === undefined ? undefined : Math.min(Number(found[1]), secondsMax);
}

/** The interchange as it stands when every letter has its first outcome, or the time is over, or the caller goes. */
export async function withFirstOutcome(
  c: Context<AppEnv>,
  deps: Deps,
  interchange: AcceptedInterchange,
  seconds: number,
): Promise<AcceptedInterchange> {
  await waitForOutcome(c, deps, { id: interchange.id, seconds });
  // It is the caller's own, whatever else its key may read.
  const system = { kind: "system", job: "prefer-wait" } as const;
  const now = await getInterchange(createContext(deps.db, system, deps.clock()), interchange);
  const states = new Map(now.messages.map((message) => [message.id, message]));
  return {
    ...interchange,
    messages: interchange.messages.map((message) => states.get(message.id) ?? message),
  };
}

async function waitForOutcome(
  c: Context<AppEnv>,
  deps: Deps,
  of: { id: string; seconds: number },
): Promise<void> {
  const clock = feedClock(deps);
  const end = performance.now() + of.seconds * 1000;
  const signal = deps.stopping ? AbortSignal.any([c.req.raw.signal, deps.stopping]) : c.req.raw.signal;
  let count = clock.count();
  const isOver = () => performance.now() >= end || signal.aborted;
  const look = () => hasFirstOutcome(createContext(deps.db, c.var.actor, deps.clock()), of);
  while (!isOver() && !(await look())) {
    await clock.changedSince(count, end - performance.now(), signal);
    count = clock.count();
  }
}
