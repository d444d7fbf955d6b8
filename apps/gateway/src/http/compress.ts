import { promisify } from "node:util";
import { gzip, zstdCompress } from "node:zlib";
import { chooseCoding, codedTag, isCompressible, worthCodingBytes } from "@sor/core";
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../app-env.ts";

const encoders = { zstd: promisify(zstdCompress), gzip: promisify(gzip) };
const codings = ["zstd", "gzip"] as const;

/** The coding in which the client gets an answer; undefined for none. */
export const chooseEncoding = (accepted: string | undefined) => chooseCoding(accepted, codings);

/** Text that may be transformed (RFC 9111, no-transform) and has not been sent yet. */
function mayCompress(headers: Headers): boolean {
  return (
    isCompressible(headers.get("content-type")) &&
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
    const isWorth = body.length >= worthCodingBytes;
    const sent = isWorth ? await encoders[encoding](body) : body;
    const answer = new Response(new Uint8Array(sent), res);
    if (isWorth) {
      answer.headers.set("Content-Encoding", encoding);
      varyByEncoding(answer.headers);
      const etag = answer.headers.get("etag");
      if (etag) answer.headers.set("ETag", codedTag(etag, encoding));
    }
    answer.headers.set("Content-Length", String(sent.length));
    c.res = undefined;
    c.res = answer;
  };
}
