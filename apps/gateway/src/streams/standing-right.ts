import { type Context as CoreContext, createContext, DomainError } from "@sor/core";
import type { Actor } from "@sor/core/access";
import type { Context } from "hono";
import type { AppEnv, Deps, KeyActor } from "../app-env.ts";

/** A right that is checked repeatedly while a long-running request uses it. */
export type StandingRight = {
  /** Aborted when the right has ended, at most five seconds later. */
  readonly ended: AbortSignal;
  /** The caller's context for core, with the rights of the last check. */
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
 * Checks the right of a long-running request (a stream, a wait, a large download). Every two seconds the key is read again and
 * `require` is called with its current rights; if it throws, the right has ended. The caller releases it in `finally`.
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

// Polls the database only while a long-running request exists.
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
  // Without the database the right cannot be checked: the next check that succeeds decides.
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
