import type { Deps } from "../app-env.ts";

export type Workers = { stop: () => Promise<void> };

/** Runs workers while this machine's clock and the database's agree, and stops them when they do not, until it is stopped. */
export function whileTrusted(
  { databaseClock, log }: Pick<Deps, "databaseClock" | "log">,
  start: () => Workers,
): Workers {
  if (!databaseClock) return start();
  let running: Workers | undefined;
  let isEnded = false;
  let turn = Promise.resolve();
  const change = async () => {
    const shouldRun = !isEnded && databaseClock.state().isTrusted;
    if (shouldRun) {
      running ??= start();
      return;
    }
    const ending = running;
    running = undefined;
    await ending?.stop();
  };
  // One transition at a time: stopping takes as long as the work in progress.
  const follow = () => {
    turn = turn
      .then(change)
      .catch((error: unknown) => log.error({ err: error }, "workers not stopped in order"));
    return turn;
  };
  const unsubscribe = databaseClock.subscribe(follow);
  void follow();
  return {
    stop: () => {
      isEnded = true;
      unsubscribe();
      return follow();
    },
  };
}
