import {
  agedState,
  type Environment,
  gravestState,
  listCurrentNotices,
  listEarlierNotices,
  readStatus,
} from "@sor/core/status";
import { lastGood } from "#lib/server/last-good.ts";
import type { PageServerLoad } from "./$types";

const earlierPerPage = 10;

export const load: PageServerLoad = async ({ locals, url }) => {
  const { ctx, config } = locals;
  const own: Environment = config.isDemo ? "demo" : "production";
  const asked = Number(url.searchParams.get("side") ?? "1");
  const page = Number.isInteger(asked) && asked >= 1 && asked <= 1000 ? asked : 1;
  const earlierAsked = { limit: earlierPerPage + 1, offset: (page - 1) * earlierPerPage };
  const read = async () => ({
    services: await readStatus(ctx, own),
    current: await listCurrentNotices(ctx),
    earlier: await listEarlierNotices(ctx, earlierAsked),
  });
  const kept = await lastGood(
    { dataDir: config.dataDir, key: `drift ${page}`, now: ctx.now },
    read,
    ({ earlier }) => page === 1 || earlier.length > 0,
  );
  const { services, current, earlier } = kept.value;
  const shown = kept.madeAt ? services.map((service) => agedState(service, own, ctx.now)) : services;
  const ownStates = shown.filter(({ environment }) => environment === own).map(({ state }) => state);
  return {
    own,
    page,
    services: shown,
    now: ctx.now,
    madeAt: kept.madeAt,
    overall: gravestState(ownStates),
    current,
    earlier: earlier.slice(0, earlierPerPage),
    hasMore: earlier.length > earlierPerPage,
  };
};
