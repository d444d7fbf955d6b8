import type { Context as CoreContext, Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import type { DatabaseClock } from "@sor/core/database";
import type { RoutingFollower } from "@sor/core/routing";
import type { Held } from "@sor/core/shares";
import type { TypedResponse } from "hono";
import type { Logger } from "pino";
import type { BodyPace } from "./body-pace.ts";
import type { Config } from "./config.ts";
import type { Metrics } from "./metrics.ts";
import type { Tracing } from "./tracing/index.ts";

export type Language = "da" | "en";

/** Who asks with a key. */
export type KeyActor = Extract<Actor, { kind: "key" }>;
/** What an API key is good for. */
export type KeyState = { state: "valid"; actor: Actor } | { state: "unknown" | "expired" | "revoked" };

/** What the gateway is built from; a test gives its own. */
export type Deps = {
  readonly config: Config;
  readonly db: Database;
  readonly routing: RoutingFollower;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: () => Date;
  /** How the machine's clock stands to the database's; absent: it is trusted. */
  readonly databaseClock?: Pick<DatabaseClock, "state" | "subscribe"> | undefined;
  /** Tells the workers of all processes that there is something to deliver. */
  readonly announce: () => void;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Tells that the program stops: what waits for something to happen answers now. */
  readonly stopping?: AbortSignal;
  readonly findKey: (key: string, now: Date) => Promise<KeyState>;
  /** Those actors as their keys are now, by id; without those whose keys have ended. */
  readonly currentActors: (actors: readonly KeyActor[], now: Date) => Promise<ReadonlyMap<string, KeyActor>>;
};

/** What every handler finds in `c.var`. */
export type AppEnv = {
  Bindings: {
    incoming?: { socket: { remoteAddress?: string | undefined } };
    outgoing?: { readonly writableFinished: boolean; destroy: () => unknown };
  };
  Variables: {
    requestId: string;
    language: Language;
    /** W3C trace id (32 hexadecimal digits), the caller's or a new one. */
    traceId: string;
    /** Header of the request's span, when requests are traced. */
    traceparent?: string;
    /** The place among the requests that are worked on. */
    atWork?: Held;
    /** How slowly the body of the request may come. */
    bodyPace: BodyPace;
    /** Who asks and when; the way into core. */
    ctx: CoreContext;
    actor: Actor;
    /** The key could not be checked since the database is gone; operations that need a key answer 503. */
    keyUnchecked?: true;
    /** An error nobody foresaw, for the log line of the request. */
    failure?: Error;
  };
};

/** An answer that fits any documented response: its body was written as text, from a value of the documented schema. */
export type Answer = Response & TypedResponse<never, never, never>;
