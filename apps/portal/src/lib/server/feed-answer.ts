import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DomainError } from "@sor/core";
import { networkOf } from "@sor/core/access";
import type { RequestEvent } from "@sveltejs/kit";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { clientAddress } from "./client-address.ts";
import { core } from "./core.ts";

export type BuiltFeed = { variant: string; body: string; changedAt: Date | undefined };
type Asked = Pick<RequestEvent, "request" | "url" | "locals" | "platform" | "getClientAddress">;

const feedType = "application/rss+xml; charset=utf-8";
// A reader polls every 15 minutes; this leaves room for many behind one address.
const pollers = new RateLimiterMemory({ points: 120, duration: 60 });

async function isPollingTooMuch(address: string): Promise<number | undefined> {
  try {
    await pollers.consume(address);
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.ceil(refused.msBeforeNext / 1000);
    throw refused;
  }
}

function keptPath(dataDir: string, variant: string): string {
  return join(dataDir, "last-good-feeds", createHash("sha256").update(variant).digest("hex"));
}

/** Keeps a good copy for when the database is gone; only when it differs, and never half written. */
async function keep(dataDir: string, feed: BuiltFeed): Promise<void> {
  const path = keptPath(dataDir, feed.variant);
  const text = JSON.stringify(feed);
  if ((await readFile(path, "utf8").catch(() => "")) === text) return;
  await mkdir(join(dataDir, "last-good-feeds"), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, path);
}

async function lastGood(dataDir: string, variant: string): Promise<BuiltFeed | undefined> {
  const text = await readFile(keptPath(dataDir, variant), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as { variant: string; body: string; changedAt?: string };
  return { ...kept, changedAt: kept.changedAt ? new Date(kept.changedAt) : undefined };
}

function isUnchanged(request: Request, etag: string, changedAt: Date | undefined): boolean {
  const tags = request.headers.get("if-none-match");
  if (tags !== null)
    return tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*");
  const since = Date.parse(request.headers.get("if-modified-since") ?? "");
  return changedAt !== undefined && Math.floor(changedAt.getTime() / 1000) * 1000 <= since;
}

function answer(request: Request, feed: BuiltFeed): Response {
  const etag = `"${createHash("sha256").update(feed.body).digest("base64url").slice(0, 27)}"`;
  const headers = new Headers({ "cache-control": "public, max-age=60", etag });
  if (feed.changedAt) headers.set("last-modified", feed.changedAt.toUTCString());
  if (isUnchanged(request, etag, feed.changedAt)) return new Response(null, { status: 304, headers });
  headers.set("content-type", feedType);
  return new Response(feed.body, { headers });
}

function refusal(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}

/**
 * Answers a feed after rules F27 to F32: validators from its content, 304, one minute of caching, 429 for
 * abusive pollers, and the last good copy when it cannot be built.
 */
export async function answerFeed(
  event: Asked,
  build: () => Promise<BuiltFeed | { fault: string }>,
): Promise<Response> {
  const { dataDir } = event.locals.config;
  const waitSeconds = await isPollingTooMuch(networkOf(clientAddress(event)));
  if (waitSeconds !== undefined) {
    return refusal(429, "For mange forespørgsler. Hent højst hvert minut.", {
      "retry-after": String(waitSeconds),
    });
  }
  try {
    const built = await build();
    if ("fault" in built) return refusal(400, built.fault);
    await keep(dataDir, built);
    return answer(event.request, built);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const kept = await lastGood(dataDir, event.url.pathname + event.url.search);
    if (!kept) throw error;
    core().log.warn(
      { requestId: event.locals.requestId, err: error },
      "feed answered with the last good copy",
    );
    return answer(event.request, kept);
  }
}
