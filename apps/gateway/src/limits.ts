import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { AppEnv, Deps } from "./app-env.ts";
import type { Config } from "./config.ts";
import { problem } from "./problems.ts";

const windowSeconds = 60;

export type Limiter = {
  readonly policy: string;
  /** Counts one request of a client. Never throws; `allowed` false means 429. */
  take(client: string, points?: number): Promise<Taken>;
};
export type Taken = { allowed: boolean; header: string; retryAfterSeconds: number };

/** Counts requests per client in windows of a minute, in memory (RateLimit fields: IETF draft, section 3). */
export function createLimiter(config: Config): Limiter {
  const points = config.RATE_LIMIT_PER_MINUTE;
  const memory = new RateLimiterMemory({ points, duration: windowSeconds });
  const taken = (state: RateLimiterRes, allowed: boolean): Taken => {
    const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
    const header = `"client";r=${state.remainingPoints};t=${seconds}`;
    return { allowed, header, retryAfterSeconds: seconds };
  };
  return {
    policy: `"client";q=${points};w=${windowSeconds}`,
    take: (client, cost = 1) =>
      memory.consume(client, cost).then(
        (state) => taken(state, true),
        (refused: unknown) => {
          if (refused instanceof RateLimiterRes) return taken(refused, false);
          throw refused;
        },
      ),
  };
}

/** The network address a request is counted under; an IPv6 client by its /64, which one subscriber has whole. */
export function clientAddress(
  remote: string | undefined,
  forwarded: string | undefined,
  trust: boolean,
): string {
  const last = trust ? forwarded?.slice(-200).split(",").at(-1)?.trim() : undefined;
  const address = last || remote || "local";
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  return expandIpv6(address).slice(0, 4).join(":");
}

function expandIpv6(address: string): string[] {
  const [head = "", tail] = address.split("::", 2);
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...new Array<string>(gap).fill("0"), ...after];
}

/** The network address a request came from, as it is counted. */
export function addressOf(c: Context<AppEnv>, config: Config): string {
  const remote = c.env?.incoming?.socket.remoteAddress;
  return clientAddress(remote, c.req.header("x-forwarded-for"), config.TRUST_PROXY);
}

/** The client of a request: its API key when that was checked, else its address. */
export function clientOf(c: Context<AppEnv>, config: Config): string {
  const { actor } = c.var;
  return actor.kind === "key" ? `key:${actor.id}` : addressOf(c, config);
}

/** Refuses a client that asks too often, and tells every client where it stands. */
export function limitRate(deps: Deps, limiter: Limiter): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const cost = c.req.path.endsWith("/$batch") ? 10 : 1;
    const taken = await limiter.take(clientOf(c, deps.config), cost);
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

/** Refuses a body above `bytesMax` before reading it when its length is given, else as soon as it is passed. */
export function limitBody(bytesMax: number): MiddlewareHandler<AppEnv> {
  return bodyLimit({
    maxSize: bytesMax,
    onError: (c) => problem(c as Context<AppEnv>, "too-large", { more: { bytesMax } }),
  });
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
