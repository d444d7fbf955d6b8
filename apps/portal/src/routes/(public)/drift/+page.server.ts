import { gravestState, listCurrentNotices, listEarlierNotices, readStatus } from "@sor/core/status";
import type { PageServerLoad } from "./$types";

const earlierPerPage = 10;

export const load: PageServerLoad = async ({ locals, url }) => {
  const own = locals.config.isDemo ? "demo" : "production";
  const asked = Number(url.searchParams.get("side") ?? "1");
  const page = Number.isInteger(asked) && asked >= 1 && asked <= 1000 ? asked : 1;
  const services = await readStatus(locals.ctx, own);
  const current = await listCurrentNotices(locals.ctx);
  const earlier = await listEarlierNotices(locals.ctx, {
    limit: earlierPerPage + 1,
    offset: (page - 1) * earlierPerPage,
  });
  return {
    own,
    page,
    services,
    overall: gravestState(
      services.filter((service) => service.environment === own).map(({ state }) => state),
    ),
    current,
    earlier: earlier.slice(0, earlierPerPage),
    hasMore: earlier.length > earlierPerPage,
  };
};
