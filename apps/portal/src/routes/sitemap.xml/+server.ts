import { element, xmlDocument } from "@sor/core/markup";
import { listNoticePages } from "@sor/core/status";
import type { RequestHandler } from "./$types";

const paths = [
  "/",
  "/opslag",
  "/register",
  "/forslag",
  "/drift",
  "/drift/abonner",
  "/filer",
  "/vejledninger",
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
  const xmlns = "http://www.sitemaps.org/schemas/sitemap/0.9";
  const xml = xmlDocument(element("urlset", [...pages, ...noticePages], { xmlns }));
  return new Response(xml, {
    headers: { "content-type": "application/xml; charset=utf-8", "cache-control": "public, max-age=3600" },
  });
};
