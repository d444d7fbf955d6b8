import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { measureFeedLag, numberEvents } from "../feed/index.ts";

/** Lets every event that is committed be read from the feed, as gateways do beside their requests. */
export async function feedSettled(db: Database): Promise<void> {
  const ctx = createContext(db, { kind: "system", job: "feed" }, new Date());
  do await numberEvents(ctx);
  while ((await measureFeedLag(ctx)) > 0);
}
