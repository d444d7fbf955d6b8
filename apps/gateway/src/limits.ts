import { addressIn, networkOf } from "@sor/core/access";
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv, Deps } from "./app-env.ts";
import type { Config } from "./config.ts";
import { problem } from "./problems.ts";

const windowSeconds = 60;
/** Clients counted one by one in a window; those beyond share what one may. Bounds memory against many addresses. */
const clientsMax = 200_000;

export type Limiter = {
  readonly policy: string;
  /** Counts a request of a client as so many points; `allowed` false means 429. */
  take(client: string, points?: number): Taken;
};
export type Taken = { allowed: boolean; header: string; retryAfterSeconds: number };

/**
 * Counts requests per client in windows of a minute, in memory, all windows ending together so that forgetting is one
 * step (RateLimit fields: IETF draft, section 3). Synchronous, since the fast lookup asks it each time (decision 0014).
 */
export function createLimiter(
  config: Config,
  clock: () => number = performance.now.bind(performance),
): Limiter {
  const limit = config.RATE_LIMIT_PER_MINUTE;
  const used = new Map<string, number>();
  let ends = 0;
  return {
    policy: `"client";q=${limit};w=${windowSeconds}`,
    take: (client, points = 1) => {
      const now = clock();
      if (now >= ends) {
        used.clear();
        ends = now + windowSeconds * 1000;
      }
      const known = used.get(client);
      const key = known === undefined && used.size >= clientsMax ? "others" : client;
      const total = (known ?? used.get(key) ?? 0) + points;
      used.set(key, total);
      const seconds = Math.max(1, Math.ceil((ends - now) / 1000));
      const header = `"client";r=${Math.max(0, limit - total)};t=${seconds}`;
      return { allowed: total <= limit, header, retryAfterSeconds: seconds };
    },
  };
}

/**
 * The network a request is counted under: an IPv6 client by its /64, which one subscriber has whole; ports do not count. Behind
 * so many proxies it is what the outermost of them added to X-Forwarded-For; what stands before that anybody may have written.
 */
export function clientAddress(
  remote: string | undefined,
  forwarded: string | undefined,
  proxies: number,
): string {
  const stated = proxies > 0 ? forwarded?.slice(-1000).split(",").at(-proxies) : undefined;
  return networkOf((stated && addressIn(stated)) || remote || "local");
}

/** The network address a request came from, as it is counted. */
export function addressOf(c: Context<AppEnv>, config: Config): string {
  const remote = c.env?.incoming?.socket.remoteAddress;
  return clientAddress(remote, c.req.header("x-forwarded-for"), config.TRUST_PROXY);
}

/** The client of a request: the supplier whose key it has when that was checked, else its address. */
export function clientOf(c: Context<AppEnv>, config: Config): string {
  const { actor } = c.var;
  return actor.kind === "key" ? `supplier:${actor.supplierId}` : addressOf(c, config);
}

/** Refuses a client that asks too often, and tells every client where it stands. */
export function limitRate(deps: Deps, limiter: Limiter): MiddlewareHandler<AppEnv> {
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

/** Refuses an address that cannot be decoded, before any route guesses at it. */
export function refuseUnreadableUrl(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!isReadableUrl(c.req.url)) return problem(c, "malformed");
    if (/%00/.test(c.req.url)) return problem(c, "malformed");
    return await next();
  };
}
