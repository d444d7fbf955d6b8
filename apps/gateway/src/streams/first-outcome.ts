import { createContext } from "@sor/core";
import { type AcceptedInterchange, getInterchange } from "@sor/core/messages";
import { hasFirstOutcome } from "@sor/core/tracking";
import type { Context } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import { feedClock } from "./feed-clock.ts";
import { whileWaiting } from "./long-poll.ts";

const secondsMax = 30;
const system = { kind: "system", job: "prefer-wait" } as const;

/** The seconds of `Prefer: wait=n` (RFC 7240), at most 30; undefined when it is absent or malformed. */
export function preferredWait(prefer: string | undefined): number | undefined {
  const found = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[,;]|$)/i.exec((prefer ?? "").slice(0, 500));
  return found?.[1] === undefined ? undefined : Math.min(Number(found[1]), secondsMax);
}

/** The interchanges that a submission became: one, unless its messages have different parties. */
export const interchangesOf = ({ id, receivedAt, messages }: AcceptedInterchange): string[] => [
  // A message of an earlier submission, shown here as a duplicate, has a different time.
  ...new Set([id, ...messages.flatMap((own) => (own.receivedAt === receivedAt ? own.interchangeId : []))]),
];

/**
 * The interchange as it stands once every message has its first outcome, at the timeout, or when the caller disconnects. Gives
 * it as accepted, without waiting, when there is no free slot or the caller's right ends: it was accepted all the same.
 */
export async function withFirstOutcome(
  c: Context<AppEnv>,
  deps: Deps,
  interchange: AcceptedInterchange,
  seconds: number,
): Promise<{ shown: AcceptedInterchange; hasWaited: boolean }> {
  // It is the caller's own, whatever else its key may read.
  const require = async () => undefined;
  const waited = await whileWaiting(c, deps, require, async ({ signal }) => {
    const ids = interchangesOf(interchange);
    await waitForOutcome(deps, { ids, seconds, signal });
    const ctx = createContext(deps.db, system, deps.clock());
    return await Promise.all(ids.map((id) => getInterchange(ctx, { id })));
  });
  if ("refused" in waited) return { shown: interchange, hasWaited: false };
  const now = waited.result.flatMap(({ messages }) => messages);
  const states = new Map(now.map((message) => [message.id, message]));
  const messages = interchange.messages.map((message) => states.get(message.id) ?? message);
  return { shown: { ...interchange, messages }, hasWaited: true };
}

async function waitForOutcome(
  deps: Deps,
  of: { ids: readonly string[]; seconds: number; signal: AbortSignal },
): Promise<void> {
  const clock = feedClock(deps);
  const end = performance.now() + of.seconds * 1000;
  let count = clock.count();
  const isOver = () => performance.now() >= end || of.signal.aborted;
  const look = () => hasFirstOutcome(createContext(deps.db, system, deps.clock()), of);
  while (!isOver() && !(await look())) {
    await clock.changedSince(count, end - performance.now(), of.signal);
    count = clock.count();
  }
}
