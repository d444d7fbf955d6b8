import { type Context as CoreContext, createContext, DomainError } from "@sor/core";
import type { Actor } from "@sor/core/access";
import type { Context } from "hono";
import type { AppEnv, Deps, KeyActor } from "./app-env.ts";

/** A right that is looked at again for as long as what it allows goes on. */
export type StandingRight = {
  /** Aborted when the right has ended, at the latest five seconds after. */
  readonly ended: AbortSignal;
  /** The way into core for who asks, with the rights of the last look. */
  readonly context: () => CoreContext;
  readonly release: () => void;
};

type Entry = {
  actor: KeyActor;
  require: (ctx: CoreContext) => Promise<unknown>;
  ending: AbortController;
};
type Watch = { add: (entry: Entry) => void; remove: (entry: Entry) => void };

const lookMilliseconds = 2000;
const atOnce = 8;
const watches = new WeakMap<Deps, Watch>();

/**
 * Holds the right under which something long goes on: a stream, a wait, a large download. Every two seconds the key is read anew,
 * as it is then, and `require` asked with it; what it throws ends the right. The caller releases it in `finally`.
 */
export function holdRight(
  c: Context<AppEnv>,
  deps: Deps,
  require: (ctx: CoreContext) => Promise<unknown>,
): StandingRight {
  const { actor } = c.var;
  if (actor.kind !== "key") throw new Error("only a key has a right that can be held");
  const entry: Entry = { actor, require, ending: new AbortController() };
  const watch = watches.get(deps) ?? createWatch(deps);
  watches.set(deps, watch);
  watch.add(entry);
  return {
    ended: entry.ending.signal,
    context: () => createContext(deps.db, entry.actor, deps.clock()),
    release: () => watch.remove(entry),
  };
}

// Asks the database only while something long goes on.
function createWatch(deps: Deps): Watch {
  const entries = new Set<Entry>();
  let isLooking = false;

  const lookAt = async (entry: Entry, actor: Actor | undefined) => {
    if (actor?.kind !== "key") return entry.ending.abort();
    entry.actor = actor;
    try {
      await entry.require(createContext(deps.db, actor, deps.clock()));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      entry.ending.abort();
    }
  };
  const look = async () => {
    const now = [...entries];
    const actors = await deps.currentActors(
      now.map(({ actor }) => actor),
      deps.clock(),
    );
    for (let at = 0; at < now.length; at += atOnce) {
      await Promise.all(now.slice(at, at + atOnce).map((entry) => lookAt(entry, actors.get(entry.actor.id))));
    }
  };
  // Without the database nothing can be told either: the next look that succeeds decides.
  const keepLooking = () => {
    if (isLooking || entries.size === 0) return;
    isLooking = true;
    setTimeout(() => {
      look()
        .catch((error: unknown) => deps.log.warn({ err: error }, "rights not looked at; trying again"))
        .finally(() => {
          isLooking = false;
          keepLooking();
        });
    }, lookMilliseconds).unref();
  };

  return {
    add: (entry) => {
      entries.add(entry);
      keepLooking();
    },
    remove: (entry) => {
      entries.delete(entry);
    },
  };
}
