import { createHash } from "node:crypto";
import { createContext, requireAnywhere } from "@sor/core";
import type { Action, Subject } from "@sor/core/access";
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv, Deps, KeyState } from "./app-env.ts";
import { addressOf, type Limiter } from "./limits.ts";
import { problem } from "./problems.ts";

/** The API key of a request: `Authorization: Bearer <key>` or `x-api-key: <key>`; empty text when it cannot be one. */
export function keyOf(authorization: string | undefined, apiKey: string | undefined): string | undefined {
  if (authorization === undefined && apiKey === undefined) return undefined;
  const text = authorization === undefined ? apiKey : /^Bearer +(.*)$/i.exec(authorization)?.[1];
  return /^[\w.~+/=-]{1,200}$/.exec(text ?? "")?.[0] ?? "";
}

const wrongKeyCost = 600;

/** The refusal of a request whose key is missing or not good (401), and why. */
export function refuseKey(c: Context<AppEnv>, reason: "missing" | Exclude<KeyState["state"], "valid">) {
  return problem(c, "not-signed-in", {
    more: { reason },
    headers: { "WWW-Authenticate": 'Bearer realm="sor"' },
  });
}

const knownMax = 10_000;

/** Keys that were valid when they were last seen here, by their hash: what others guess at their address is no fault of theirs. */
class KnownKeys {
  readonly #hashes = new Set<string>();

  has(key: string): boolean {
    return this.#hashes.has(hashOf(key));
  }
  note(key: string, isValid: boolean): void {
    const hash = hashOf(key);
    if (!isValid) this.#hashes.delete(hash);
    else if (this.#hashes.size < knownMax) this.#hashes.add(hash);
  }
}

const hashOf = (key: string) => createHash("sha256").update(key).digest("base64");

/**
 * Turns the key into an actor with its context. A key that is not valid is refused, also where none is needed, and
 * costs its sender's address dearly; keys that were valid when they were last asked for do not pay for it. When the database cannot be asked, open reading goes on without the key.
 */
export function caller(deps: Deps, limiter: Limiter): MiddlewareHandler<AppEnv> {
  const known = new KnownKeys();
  return async (c, next) => {
    const key = keyOf(c.req.header("authorization"), c.req.header("x-api-key"));
    if (key === undefined) return await next();
    const guesser = `guess:${addressOf(c, deps.config)}`;
    const guesses = limiter.take(guesser, 0);
    if (!guesses.allowed && !known.has(key)) {
      const headers = { "Retry-After": String(guesses.retryAfterSeconds) };
      return problem(c, "too-many", { headers });
    }
    const found = await deps.findKey(key, c.var.ctx.now).catch((error: unknown) => {
      deps.log.warn({ err: error, requestId: c.var.requestId }, "key not checked");
    });
    if (!found) {
      c.set("keyUnchecked", true);
      return await next();
    }
    known.note(key, found.state === "valid");
    if (found.state !== "valid") {
      deps.metrics.authFailures.inc({ method: "key" });
      limiter.take(guesser, wrongKeyCost);
      return refuseKey(c, found.state);
    }
    c.set("actor", found.actor);
    c.set("ctx", createContext(deps.db, found.actor, c.var.ctx.now));
    return await next();
  };
}

/** For operations with `security: [{ apiKey: [] }]`: without a key that was checked there is no answer. */
export const requireKey: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.var.keyUnchecked) return problem(c, "unavailable");
  return c.var.actor.kind === "key" ? await next() : refuseKey(c, "missing");
};

/**
 * For operations with large bodies: whoever may do it to nothing at all is refused before anything is taken for the body; whether it
 * may be done to this is asked when that is known.
 */
export function requireSomewhere(action: Action, type: Subject["type"]): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await requireAnywhere(c.var.ctx, action, type);
    return await next();
  };
}

/** For reading: open to everyone, or to keys alone when LOOKUPS=closed. */
export function requireReader(deps: Deps): MiddlewareHandler<AppEnv> {
  return async (c, next) => (deps.config.LOOKUPS === "closed" ? await requireKey(c, next) : await next());
}
