import { listNews, NewsFilter, readNewsArchive } from "@sor/core/news";
import { readQuery } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

const pageSize = 20;

export const load: PageServerLoad = async ({ locals: { ctx }, url }) => {
  const { aar: year = null, emne: tag = null, side: page } = readQuery(NewsFilter, url);
  const of = { year: year ?? undefined, tag: tag ?? undefined };
  const { items, total } = await listNews(ctx, { ...of, limit: pageSize, offset: (page - 1) * pageSize });
  const articles = items.map(({ slug, title, summary, publishAt, tags }) => {
    return { slug, title, summary, publishAt, tags };
  });
  return { ...{ articles, total, page, year, tag }, ...(await readNewsArchive(ctx)), pageSize };
};
