import type { MiddlewareHandler } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";

/** Counts the interchanges that their senders see refused with 503, whatever part of the gateway refuses them. */
export function countRefused({ refusals }: Pick<Deps, "refusals">): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    if (c.req.method === "POST" && c.res.status === 503) refusals.interchanges += 1;
  };
}
