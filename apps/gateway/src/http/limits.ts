import { createRequestLimit, type RequestLimit } from "@sor/core";
import { addressIn, networkOf } from "@sor/core/access";
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import type { Config } from "../config.ts";
import { problem } from "../problems/index.ts";

export type { RequestLimit as Limiter } from "@sor/core";

/** The rate limit shared by all requests of a client. */
export function createLimiter(config: Config, clock?: () => number): RequestLimit {
  return createRequestLimit(config.RATE_LIMIT_PER_MINUTE, clock);
}

// Behind proxies it is the address that the outermost one added to X-Forwarded-For; earlier entries can be forged.
function exactAddress(remote: string | undefined, forwarded: string | undefined, proxies: number): string {
  const stated = proxies > 0 ? forwarded?.slice(-1000).split(",").at(-proxies) : undefined;
  return (stated && addressIn(stated)) || remote || "local";
}

/**
 * The network under which a request is counted: an IPv6 client by its /64, which belongs to one subscriber; ports do not count.
 */
export function clientAddress(
  remote: string | undefined,
  forwarded: string | undefined,
  proxies: number,
): string {
  return networkOf(exactAddress(remote, forwarded, proxies));
}

/** The client's whole address, as this machine or the proxies named in the settings see it. */
export function exactAddressOf(c: Context<AppEnv>, config: Config): string {
  const remote = c.env?.incoming?.socket.remoteAddress;
  return exactAddress(remote, c.req.header("x-forwarded-for"), config.TRUST_PROXY);
}

/** The network address of a request, as it is counted. */
export function addressOf(c: Context<AppEnv>, config: Config): string {
  const remote = c.env?.incoming?.socket.remoteAddress;
  return clientAddress(remote, c.req.header("x-forwarded-for"), config.TRUST_PROXY);
}

/** The client of a request: the supplier of its key if that was checked, else its address. */
export function clientOf(c: Context<AppEnv>, config: Config): string {
  const { actor } = c.var;
  return actor.kind === "key" ? `supplier:${actor.supplierId}` : addressOf(c, config);
}

/** Enforces the rate limit, and tells every client its remaining quota. */
export function limitRate(deps: Deps, limiter: RequestLimit): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const cost = c.req.path.endsWith("/$batch") ? 10 : 1;
    const taken = limiter.take(clientOf(c, deps.config), cost);
    if (taken.allowed) {
      await next();
    } else {
      deps.metrics.rateLimited.inc();
      c.res = problem(c, "too-many", { headers: { "Retry-After": String(taken.retryAfterSeconds) } });
    }
    c.res.headers.set("RateLimit", taken.header);
    c.res.headers.set("RateLimit-Policy", limiter.policy);
  };
}

/** Whether every percent escape of a path or query is complete and the bytes are UTF-8 (RFC 3986, 3629). */
export function isReadableUrl(url: string): boolean {
  if (!url.includes("%")) return true;
  try {
    decodeURIComponent(url.replaceAll("+", " "));
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

/** Refuses a URL that cannot be decoded, before any route interprets it. */
export function refuseUnreadableUrl(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!isReadableUrl(c.req.url)) return problem(c, "malformed");
    if (/%00/.test(c.req.url)) return problem(c, "malformed");
    return await next();
  };
}
