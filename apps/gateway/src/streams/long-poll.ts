import type { Context as CoreContext } from "@sor/core";
import type { Context } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import { takePlace } from "../http/bounded.ts";
import { refuseKey } from "../http/caller.ts";
import { holdRight } from "./standing-right.ts";

export type Waiting = {
  /** Aborted when the caller disconnects, its right ends, or the program stops. */
  signal: AbortSignal;
  /** Context for core with the rights of the last check. */
  context: () => CoreContext;
};

/**
 * Lets a request wait for an event: it holds a slot meanwhile, and its right is checked repeatedly. Refused when there is no
 * slot, and when the right has ended: then the result of `wait` is not sent.
 */
export async function whileWaiting<Result>(
  c: Context<AppEnv>,
  deps: Deps,
  require: (ctx: CoreContext) => Promise<unknown>,
  wait: (waiting: Waiting) => Promise<Result>,
): Promise<{ result: Result } | { refused: Response }> {
  const place = takePlace(c, deps, "long-polls");
  if ("refused" in place) return place;
  c.var.atWork?.giveBack();
  const right = holdRight(c, deps, require);
  try {
    const ending = [right.ended, c.req.raw.signal];
    const signal = AbortSignal.any(deps.stopping ? [...ending, deps.stopping] : ending);
    const result = await wait({ signal, context: right.context });
    return right.ended.aborted ? { refused: refuseKey(c, "revoked") } : { result };
  } finally {
    right.release();
    place.held.giveBack();
  }
}
