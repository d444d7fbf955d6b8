import type { RequestHandler } from "./$types";

const paths = ["/", "/opslag", "/drift", "/kontakt", "/adgang", "/privatliv", "/was"];

export const GET: RequestHandler = ({ locals }) => {
  const urls = paths.map((path) => `  <url><loc>${locals.config.origin}${path}</loc></url>`);
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.join("\n")}
</urlset>
`;
  return new Response(xml, {
    headers: { "content-type": "application/xml; charset=utf-8", "cache-control": "public, max-age=3600" },
  });
};
