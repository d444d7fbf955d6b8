import { createHash } from "node:crypto";
import { createRequestLimit, plainTag } from "@sor/core";
import { networkOf } from "@sor/core/access";
import type { RequestEvent } from "@sveltejs/kit";
import { clientAddress } from "./client-address.ts";
import { core } from "./core.ts";
import { lastGood } from "./last-good.ts";

type BuiltFeed = {
  body: string;
  changedAt: Date | undefined;
  /** Media type; RSS by default. */
  type?: string;
  /** Whether a copy is kept for when it cannot be built; by default it is. Not for what has very many variants. */
  isKept?: boolean;
};
type Asked = Pick<RequestEvent, "request" | "url" | "locals" | "platform" | "getClientAddress">;

const feedType = "application/rss+xml; charset=utf-8";
// A reader polls every 15 minutes; this allows many readers behind one address.
const pollers = createRequestLimit(120);

function isUnchanged(request: Request, etag: string, changedAt: Date | undefined): boolean {
  const tags = request.headers.get("if-none-match");
  if (tags !== null)
    return tags
      .split(",")
      .some((tag) => plainTag(tag.trim().replace(/^W\//, "")) === etag || tag.trim() === "*");
  const since = Date.parse(request.headers.get("if-modified-since") ?? "");
  return changedAt !== undefined && Math.floor(changedAt.getTime() / 1000) * 1000 <= since;
}

function answer(request: Request, feed: BuiltFeed): Response {
  const etag = `"${createHash("sha256").update(feed.body).digest("base64url").slice(0, 27)}"`;
  const headers = new Headers({ "cache-control": "public, max-age=60", etag });
  if (feed.changedAt) headers.set("last-modified", feed.changedAt.toUTCString());
  if (isUnchanged(request, etag, feed.changedAt)) return new Response(null, { status: 304, headers });
  headers.set("content-type", feed.type ?? feedType);
  return new Response(feed.body, { headers });
}

function refusal(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}

/**
 * Answers a feed by rules F27 to F32: validators from its content, 304, one minute of caching, 429 for
 * abusive pollers, and the last good copy when it cannot be built.
 */
export async function answerFeed(
  event: Asked,
  build: () => Promise<BuiltFeed | { fault: string }>,
): Promise<Response> {
  const { config, ctx, requestId } = event.locals;
  const { allowed, retryAfterSeconds } = pollers.take(networkOf(clientAddress(event)));
  if (!allowed) {
    return refusal(429, "For mange forespørgsler. Hent højst hvert minut.", {
      "retry-after": String(retryAfterSeconds),
    });
  }
  const key = `feed ${event.url.pathname}${event.url.search}`;
  const asked = { dataDir: config.dataDir, key, now: ctx.now };
  const { value: built, madeAt } = await lastGood(
    asked,
    build,
    (feed) => !("fault" in feed) && feed.isKept !== false,
  );
  if ("fault" in built) return refusal(400, built.fault);
  if (madeAt) core().log.warn({ requestId }, "feed answered with the last good copy");
  return answer(event.request, built);
}
