import { listNoticePages } from "@sor/core/status";
import type { RequestHandler } from "./$types";

const paths = [
  "/",
  "/opslag",
  "/register",
  "/drift",
  "/drift/abonner",
  "/kontakt",
  "/adgang",
  "/privatliv",
  "/was",
];

export const GET: RequestHandler = async ({ locals }) => {
  const { origin } = locals.config;
  const notices = await listNoticePages(locals.ctx);
  const urls = [
    ...paths.map((path) => `  <url><loc>${origin}${path}</loc></url>`),
    ...notices.map(
      ({ id, updatedAt }) =>
        `  <url><loc>${origin}/drift/${id}</loc><lastmod>${updatedAt.toISOString()}</lastmod></url>`,
    ),
  ];
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.join("\n")}
</urlset>
`;
  return new Response(xml, {
    headers: { "content-type": "application/xml; charset=utf-8", "cache-control": "public, max-age=3600" },
  });
};
