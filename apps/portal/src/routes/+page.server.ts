import { listNews } from "@sor/core/news";
import { agedState, gravestState, readStatus } from "@sor/core/status";
import { lastGood } from "#lib/server/last-good.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { ctx, config } }) => {
  const own = config.isDemo ? "demo" : "production";
  const asked = { dataDir: config.dataDir, key: "front page", now: ctx.now };
  const { value, madeAt } = await lastGood(asked, () => readStatus(ctx, own));
  const services = madeAt ? value.map((service) => agedState(service, own, ctx.now)) : value;
  const states = services.filter((service) => service.environment === own).map((service) => service.state);
  const askedNews = { dataDir: config.dataDir, key: "front page news", now: ctx.now };
  const { value: news } = await lastGood(askedNews, async () => {
    const { items } = await listNews(ctx, { limit: 3 });
    return items.map(({ slug, title, summary, publishAt, tags }) => ({
      slug,
      title,
      summary,
      publishAt,
      tags,
    }));
  });
  return { status: gravestState(states), news, gatewayOrigin: config.gatewayOrigin };
};
