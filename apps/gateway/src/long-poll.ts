import type { Context as CoreContext } from "@sor/core";
import type { Context } from "hono";
import type { AppEnv, Deps } from "./app-env.ts";
import { takePlace } from "./bounded.ts";
import { refuseKey } from "./caller.ts";
import { holdRight } from "./standing-right.ts";

export type Waiting = {
  /** Aborted when the caller goes, its right ends, or the program stops. */
  signal: AbortSignal;
  /** The way into core with the rights of the last look. */
  context: () => CoreContext;
};

/**
 * Lets a request wait for something to happen: it takes a place for as long, and its right is looked at again meanwhile. Refused
 * when there is no place, and when the right has ended: what `wait` found then is not told.
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
