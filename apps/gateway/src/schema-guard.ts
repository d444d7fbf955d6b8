import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "@sor/core";
import { readSchemaState, schemaFault } from "@sor/core/database";
import type { Logger } from "pino";

const lookMilliseconds = 2000;
const tellEvery = 30;

/**
 * Waits until the database has the schema of this version, and logs once a minute what to do until then. Does not log while the
 * database is unavailable: the routing table's follower does. Resolves false when the program stops first.
 */
export async function waitForSchema(db: Database, log: Logger, stopping: AbortSignal): Promise<boolean> {
  for (let looks = 0; !stopping.aborted; looks += 1) {
    const state = await readSchemaState(db).catch(() => undefined);
    const fault = state && schemaFault(state);
    if (state && !fault) {
      if (state.state === "ahead") log.warn("the database's schema is newer than this program: upgrade it");
      return true;
    }
    if (fault && looks % tellEvery === 0) log.error(fault);
    await pause(lookMilliseconds, undefined, { signal: stopping }).catch(() => undefined);
  }
  return false;
}
