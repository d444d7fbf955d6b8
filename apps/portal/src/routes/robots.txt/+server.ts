import type { RequestHandler } from "./$types";

export const GET: RequestHandler = ({ locals }) => {
  const lines = locals.config.isDemo
    ? ["User-agent: *", "Disallow: /"]
    : [
        "User-agent: *",
        "Disallow: /login",
        "Disallow: /soeg",
        "Disallow: /opslag?",
        "",
        `Sitemap: ${locals.config.origin}/sitemap.xml`,
      ];
  return new Response(`${lines.join("\n")}\n`, {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=3600" },
  });
};
