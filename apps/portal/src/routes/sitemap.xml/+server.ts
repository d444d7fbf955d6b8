import { element, xmlDocument } from "@sor/core/markup";
import { listNews } from "@sor/core/news";
import { listNoticePages } from "@sor/core/status";
import { listPublicGuides } from "@sor/core/written-guides";
import type { RequestHandler } from "./$types";

const paths = [
  "/",
  "/opslag",
  "/register",
  "/shak",
  "/koder",
  "/forslag",
  "/drift",
  "/drift/abonner",
  "/filer",
  "/vejledninger",
  "/nyheder",
  "/nyheder/abonner",
  "/nyhedsbrev",
  "/koereplan",
  "/nyhedsbrev/abonner",
  "/kontakt",
  "/adgang",
  "/privatliv",
  "/was",
];

export const GET: RequestHandler = async ({ locals }) => {
  const { origin } = locals.config;
  const notices = await listNoticePages(locals.ctx);
  const pages = paths.map((path) => element("url", [element("loc", origin + path)]));
  const noticePages = notices.map(({ id, updatedAt }) =>
    element("url", [element("loc", `${origin}/drift/${id}`), element("lastmod", updatedAt.toISOString())]),
  );
  const { items } = await listNews(locals.ctx, { limit: 5000 });
  const newsPages = items.map(({ slug, changedAt }) =>
    element("url", [
      element("loc", `${origin}/nyheder/${slug}`),
      element("lastmod", changedAt.toISOString()),
    ]),
  );
  const written = (await listPublicGuides(locals.ctx)).map(({ slug, changedAt }) =>
    element("url", [
      element("loc", `${origin}/vejledninger/${slug}`),
      element("lastmod", changedAt.toISOString()),
    ]),
  );
  const xmlns = "http://www.sitemaps.org/schemas/sitemap/0.9";
  const xml = xmlDocument(element("urlset", [...pages, ...noticePages, ...newsPages, ...written], { xmlns }));
  return new Response(xml, {
    headers: { "content-type": "application/xml; charset=utf-8", "cache-control": "public, max-age=3600" },
  });
};
