import type { Context } from "@sor/core";
import { listFeedNotices, readStatus } from "@sor/core/status";

/** What this installation tells of itself: the services of its own environment, and the open and newest notices. */
export async function statusFacts(ctx: Context, { isDemo }: { isDemo: boolean }) {
  const own = isDemo ? "demo" : "production";
  const services = (await readStatus(ctx, own)).filter(({ environment }) => environment === own);
  return { services, notices: await listFeedNotices(ctx) };
}
