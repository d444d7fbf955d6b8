import { createShares, type Held, type NoRoom, type Shares, type Taken } from "@sor/core/shares";
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import { problem } from "../problems/index.ts";
import { clientOf } from "./limits.ts";

/** What a long-running request may hold of this process. */
type Resource = "requests" | "reads" | "streams" | "long-polls" | "downloads" | "files";

const retryAfterSeconds: Readonly<Record<Resource, number>> = {
  requests: 1,
  reads: 1,
  streams: 30,
  "long-polls": 5,
  downloads: 5,
  files: 5,
};
/** Connections to the database that lists and searches leave to everything else. */
const keptConnections = 2;
const readWaitMilliseconds = 1000;
const accounts = new WeakMap<Deps, Record<Resource, Shares>>();

function accountsOf(deps: Deps): Record<Resource, Shares> {
  const { REQUESTS_MAX, STREAMS_MAX, LONG_POLLS_MAX, DOWNLOADS_MAX, FILE_DOWNLOADS_MAX } = deps.config;
  const { SUPPLIER_SHARE: share } = deps.config;
  const readsMax = Math.max(1, deps.config.DATABASE_CONNECTIONS_MAX - keptConnections);
  const made = accounts.get(deps) ?? {
    requests: createShares({ limit: REQUESTS_MAX, share }),
    reads: createShares({ limit: readsMax, share }),
    streams: createShares({ limit: STREAMS_MAX, share }),
    "long-polls": createShares({ limit: LONG_POLLS_MAX, share }),
    downloads: createShares({ limit: DOWNLOADS_MAX, share }),
    files: createShares({ limit: FILE_DOWNLOADS_MAX, share }),
  };
  accounts.set(deps, made);
  return made;
}

/** Reserves a slot for the client of a request; the caller releases it in `finally`. Gives the reason when there is none. */
export function takePlace(
  c: Context<AppEnv>,
  deps: Deps,
  resource: Resource,
): { held: Held } | { refused: Response } {
  return placeOf(c, deps, resource, accountsOf(deps)[resource].take(clientOf(c, deps.config)));
}

function placeOf(
  c: Context<AppEnv>,
  deps: Deps,
  resource: Resource,
  taken: Taken,
): { held: Held } | { refused: Response } {
  const account = accountsOf(deps)[resource];
  const show = () => deps.metrics.placesHeld.set({ resource }, account.total());
  show();
  if ("held" in taken) {
    const { held } = taken;
    const giveBack = () => {
      held.giveBack();
      show();
    };
    return { held: { ...held, giveBack } };
  }
  return { refused: refuseNoRoom(c, deps, { resource, ...taken, seconds: retryAfterSeconds[resource] }) };
}

/**
 * Limits the concurrent requests, in total and for each supplier: they share the pool of database connections. A request that
 * waits for long takes a different slot and releases this one (`c.var.atWork`).
 */
export function limitAtOnce(deps: Deps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const place = takePlace(c, deps, "requests");
    if ("refused" in place) return place.refused;
    c.set("atWork", place.held);
    try {
      return await next();
    } finally {
      place.held.giveBack();
    }
  };
}

/**
 * Limits the lists and searches that are read at once, in total and for each supplier, so that they leave connections to the
 * database for everything else. They wait up to a second for their turn.
 */
export function limitReads(deps: Deps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { reads } = accountsOf(deps);
    const taken = await reads.takeWithin(clientOf(c, deps.config), readWaitMilliseconds);
    const place = placeOf(c, deps, "reads", taken);
    if ("refused" in place) return place.refused;
    try {
      return await next();
    } finally {
      place.held.giveBack();
    }
  };
}

const detail = {
  da: "Jeres leverandør har allerede sin andel af det, som reason nævner. Prøv igen, når noget af det er færdigt.",
  en: "Your supplier already has its share of what reason names. Try again when some of it has finished.",
};

/** The refusal of a request over the limit, counted: 429 if the client's supplier has used its share, 503 if there is no slot. */
export function refuseNoRoom(
  c: Context<AppEnv>,
  deps: Deps,
  { resource, noRoom, seconds }: { resource: string; noRoom: NoRoom; seconds: number },
): Response {
  deps.metrics.shareRefused.inc({ resource, why: noRoom });
  const more = { reason: resource };
  const headers = { "Retry-After": String(seconds) };
  return noRoom === "own-share"
    ? problem(c, "too-many", { detail: detail[c.var.language], more, headers })
    : problem(c, "unavailable", { more, headers });
}
