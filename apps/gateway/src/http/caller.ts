import { createHash } from "node:crypto";
import { createContext, requireAnywhere } from "@sor/core";
import { type Action, isWithin, type Subject } from "@sor/core/access";
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv, Deps, KeyState } from "../app-env.ts";
import { problem } from "../problems/index.ts";
import { addressOf, exactAddressOf, type Limiter } from "./limits.ts";

/** The API key of a request: `Authorization: Bearer <key>` or `x-api-key: <key>`; empty text when it cannot be one. */
function keyOf(authorization: string | undefined, apiKey: string | undefined): string | undefined {
  if (authorization === undefined && apiKey === undefined) return undefined;
  const text = authorization === undefined ? apiKey : /^Bearer +(.*)$/i.exec(authorization)?.[1];
  return /^[\w.~+/=-]{1,200}$/.exec(text ?? "")?.[0] ?? "";
}

const wrongKeyCost = 600;

const supplierDeactivated = {
  da: "Nøglens leverandør er deaktiveret. Kontakt registermyndigheden.",
  en: "The supplier of the key is deactivated. Contact the register authority.",
};

const otherNetwork = {
  da: "Nøglen må ikke bruges fra den adresse, som kaldet kommer fra. Leverandørens administrator kan se, hvorfra den må bruges.",
  en: "The key may not be used from the address that this call comes from. The supplier's administrator can see from where it may be used.",
};

/** The 401 of a request whose key is missing or invalid, and why. */
export function refuseKey(c: Context<AppEnv>, reason: "missing" | Exclude<KeyState["state"], "valid">) {
  return problem(c, "not-signed-in", {
    detail: reason === "supplier-deactivated" ? supplierDeactivated[c.var.language] : undefined,
    more: { reason },
    headers: { "WWW-Authenticate": 'Bearer realm="sor"' },
  });
}

const knownMax = 10_000;

/** Keys that were valid when last seen here, by their hash: they are not penalised for wrong keys tried from their address. */
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
 * Resolves the key to an actor with its context. An invalid key is refused, even where none is needed, and its sender's address
 * pays a high rate-limit cost; keys that were valid when last seen do not. If the database is unavailable, reading that is
 * open to everyone goes on without the key.
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
    if (found.networks && !isWithin(found.networks, exactAddressOf(c, deps.config))) {
      deps.metrics.authFailures.inc({ method: "network" });
      return problem(c, "not-allowed", { detail: otherNetwork[c.var.language], more: { reason: "network" } });
    }
    c.set("actor", found.actor);
    c.set("ctx", createContext(deps.db, found.actor, c.var.ctx.now));
    return await next();
  };
}

/** For operations with `security: [{ apiKey: [] }]`: requires a key that was checked. */
export const requireKey: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.var.keyUnchecked) return problem(c, "unavailable");
  return c.var.actor.kind === "key" ? await next() : refuseKey(c, "missing");
};

/**
 * For operations with large bodies: refuses callers that lack the permission altogether before the body is received. Whether
 * they have it for the resource in question is checked once that is known.
 */
export function requireSomewhere(action: Action, type: Subject["type"]): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await requireAnywhere(c.var.ctx, action, type);
    return await next();
  };
}

/** For reading: open to everyone, or only to keys when LOOKUPS=closed. */
export function requireReader(deps: Deps): MiddlewareHandler<AppEnv> {
  return async (c, next) => (deps.config.LOOKUPS === "closed" ? await requireKey(c, next) : await next());
}
