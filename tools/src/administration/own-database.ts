import { runningEmbeddedPostgres, startEmbeddedPostgres } from "@sor/core/database";
import type { Config } from "../system/config.ts";

/** The database of these settings; an embedded one that is not running is started for the duration of the command. */
export async function openOwnDatabase(config: Config): Promise<{ url: string; close: () => Promise<void> }> {
  const running = config.databaseUrl ?? (await runningEmbeddedPostgres(config.dataDir));
  if (running) return { url: running, close: async () => undefined };
  const { url, stop } = await startEmbeddedPostgres(config.dataDir);
  return { url, close: stop };
}
