import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { measureFeedLag, numberEvents } from "../feed/index.ts";

/** Makes every committed event readable in the feed; gateways do this in the background. */
export async function feedSettled(db: Database): Promise<void> {
  const ctx = createContext(db, { kind: "system", job: "feed" }, new Date());
  do await numberEvents(ctx);
  while ((await measureFeedLag(ctx)) > 0);
}
