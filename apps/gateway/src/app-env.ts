import type { Context as CoreContext, Database } from "@sor/core";
import type { Actor, KeyAnswer } from "@sor/core/access";
import type { DatabaseClock } from "@sor/core/database";
import type { RoutingFollower } from "@sor/core/routing";
import type { Held } from "@sor/core/shares";
import type { TypedResponse } from "hono";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { BodyPace } from "./http/body-pace.ts";
import type { Metrics } from "./metrics/index.ts";
import type { Tracing } from "./tracing/index.ts";

export type Language = "da" | "en";

/** The caller, as its API key identifies it. */
export type KeyActor = Extract<Actor, { kind: "key" }>;
/** What an API key allows, or why it is refused. */
export type KeyState =
  | { state: "valid"; actor: Actor; networks?: readonly string[] | null }
  | Exclude<KeyAnswer, { state: "valid" }>;

/** The dependencies of the gateway; a test supplies its own. */
export type Deps = {
  readonly config: Config;
  readonly db: Database;
  readonly routing: RoutingFollower;
  readonly metrics: Metrics;
  /** How many interchanges this process has refused with 503, for lack of disk, memory or database, since it began. */
  readonly refusals: { interchanges: number };
  readonly log: Logger;
  readonly clock: () => Date;
  /** How this machine's clock compares with the database's; absent: it is trusted. */
  readonly databaseClock?: Pick<DatabaseClock, "state" | "subscribe"> | undefined;
  /** Notifies the workers of all processes that there is something to deliver. */
  readonly announce: () => void;
  /** Absent: requests are not traced. */
  readonly tracing?: Tracing | undefined;
  /** Aborted when the program stops: requests that wait are answered now. */
  readonly stopping?: AbortSignal;
  readonly findKey: (key: string, now: Date) => Promise<KeyState>;
  /** Those actors with the current rights of their keys, by id; without those whose keys have ended. */
  readonly currentActors: (actors: readonly KeyActor[], now: Date) => Promise<ReadonlyMap<string, KeyActor>>;
};

/** What the workers need of it. */
export type WorkerDeps = Pick<Deps, "config" | "db" | "metrics" | "log" | "clock" | "tracing">;

/** What every handler finds in `c.var`. */
export type AppEnv = {
  Bindings: {
    incoming?: { socket: { remoteAddress?: string | undefined }; httpVersion?: string };
    outgoing?: { readonly writableFinished: boolean; destroy: () => unknown };
  };
  Variables: {
    requestId: string;
    language: Language;
    /** W3C trace id (32 hexadecimal digits), the caller's or a new one. */
    traceId: string;
    /** Header of the request's span, when requests are traced. */
    traceparent?: string;
    /** This request's slot among the concurrent requests. */
    atWork?: Held;
    /** The minimum speed of the request's body. */
    bodyPace: BodyPace;
    /** The caller and the time of the request; passed to every use case of core. */
    ctx: CoreContext;
    actor: Actor;
    /** The key could not be checked because the database is unavailable; operations that need a key answer 503. */
    keyUnchecked?: true;
    /** An unexpected error, for the request's log line. */
    failure?: Error;
  };
};

/** An answer typed to fit any documented response: its body was serialised already, from a value of the documented schema. */
export type Answer = Response & TypedResponse<never, never, never>;
