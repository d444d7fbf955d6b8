import { createContext } from "@sor/core";
import { alertRss, findAlertFeed, unsubscribeFromAlerts } from "@sor/core/alerts";
import { Hono } from "hono";
import type { AppEnv, Deps } from "../../app-env.ts";
import { etagOf } from "../../http/conditional.ts";
import { problem } from "../../problems/index.ts";

const actor = { kind: "system", job: "unsubscribe" } as const;
const headers = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Robots-Tag": "noindex",
};

const page = (title: string, body: string) =>
  `<!doctype html><html lang="da"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><main>${body}</main></body></html>`;

const question = page(
  "Afmeld alarmer",
  `<h1>Afmeld alarmer</h1><p>Adressen får ikke flere alarmer fra SOR EDI-gatewayen.</p><p lang="en">The address will get no more alerts from the SOR EDI gateway.</p><form method="post"><button>Afmeld / Unsubscribe</button></form>`,
);
const done = page(
  "Afmeldt",
  `<h1>Afmeldt</h1><p>Adressen er slettet og får ikke flere alarmer.</p><p lang="en">The address is deleted and will get no more alerts.</p>`,
);

const feedPath = "/alerts/feed/:token{[A-Za-z0-9_-]{20,64}\\.rss}";

/**
 * The addresses that carry their own secret instead of a key: an alert feed for a reader that cannot send a key, and the
 * address in a mail's List-Unsubscribe header. POST unsubscribes at once, whatever its body and without cookie or key
 * (RFC 8058), and the answer is always the same; GET, which link scanners send, changes nothing.
 */
export function alertLinks(deps: Deps) {
  const app = new Hono<AppEnv>();
  const path = "/alerts/unsubscribe/:token{[A-Za-z0-9_-]{20,64}}";
  app.get(path, (c) => c.body(question, 200, headers));
  app.post(path, async (c) => {
    await unsubscribeFromAlerts(createContext(deps.db, actor, deps.clock()), { token: c.req.param("token") });
    return c.body(done, 200, headers);
  });

  app.get(feedPath, async (c) => {
    const token = c.req.param("token").replace(/\.rss$/, "");
    const feed = await findAlertFeed(createContext(deps.db, actor, deps.clock()), { token });
    if (!feed) return problem(c, "not-found");
    const { PUBLIC_GATEWAY_URL, PORTAL_ORIGIN: portalOrigin } = deps.config;
    const self = `${(PUBLIC_GATEWAY_URL ?? "").replace(/\/$/, "")}/alerts/feed/${token}.rss`;
    const text = alertRss(feed, { portalOrigin, self });
    const tags = { ETag: etagOf(0, text), "Cache-Control": "private, max-age=60", Vary: "Accept-Encoding" };
    return c.body(text, 200, { ...tags, "Content-Type": "application/rss+xml; charset=utf-8" });
  });
  return app;
}
