import { promisify } from "node:util";
import { gzip, zstdCompress } from "node:zlib";
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../app-env.ts";

const encoders = { zstd: promisify(zstdCompress), gzip: promisify(gzip) };
type Encoding = keyof typeof encoders;

/** Below this size compression does not save a network packet. */
export const worthBytes = 1400;
const textual = /^(?:application\/(?:[\w.-]+\+)?(?:json|x-ndjson|xml|javascript)|text\/(?!event-stream))/;

/** The encoding that the client ranks highest among ours (RFC 9110 12.5.3); undefined for none. */
export function chooseEncoding(accepted: string | undefined): Encoding | undefined {
  let best: Encoding | undefined;
  let bestRank = 0;
  for (const part of (accepted ?? "").slice(0, 200).toLowerCase().split(",")) {
    const [name = "", quality] = part.split(";q=");
    const encoding = (["zstd", "gzip"] as const).find((known) => known === name.trim());
    const rank = quality === undefined ? 1 : Number(quality) || 0;
    if (encoding && (rank > bestRank || (rank === bestRank && rank > 0 && encoding === "zstd"))) {
      [best, bestRank] = [encoding, rank];
    }
  }
  return best;
}

/** Text that may be transformed (RFC 9111, no-transform) and has not been sent yet. */
function mayCompress(headers: Headers): boolean {
  return (
    textual.test(headers.get("content-type") ?? "") &&
    !headers.has("transfer-encoding") &&
    !headers.get("cache-control")?.includes("no-transform")
  );
}

function varyByEncoding(headers: Headers): void {
  if (!/\baccept-encoding\b/i.test(headers.get("vary") ?? "")) headers.append("Vary", "Accept-Encoding");
}

/** Compresses textual answers where it pays. A compressed body has a strong validator of its own. */
export function compressAnswers(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    const { res } = c;
    const encoding = chooseEncoding(c.req.header("accept-encoding"));
    if (!encoding || !res.body || res.headers.has("content-encoding") || c.req.method === "HEAD") return;
    if (!mayCompress(res.headers)) return;
    const body = Buffer.from(await res.arrayBuffer());
    const isWorth = body.length >= worthBytes;
    const sent = isWorth ? await encoders[encoding](body) : body;
    const answer = new Response(new Uint8Array(sent), res);
    if (isWorth) {
      answer.headers.set("Content-Encoding", encoding);
      varyByEncoding(answer.headers);
      const etag = answer.headers.get("etag");
      if (etag) answer.headers.set("ETag", `${etag.slice(0, -1)}.${encoding}"`);
    }
    answer.headers.set("Content-Length", String(sent.length));
    c.res = undefined;
    c.res = answer;
  };
}
