import { crc32 } from "node:zlib";
import type { Context } from "hono";
import type { Answer, AppEnv } from "./app-env.ts";

/** How long a client may keep what it was told (gateway.md 1.0). */
export const cacheRoute = "private, max-age=60, stale-while-revalidate=300, stale-if-error=86400";
export const cacheNegative = "private, max-age=5";

/** A strong validator: the sequence that the body is as of, and a checksum of the body. */
export function etagOf(sequence: number, body: string): string {
  return `"${sequence.toString(36)}-${crc32(body).toString(16)}"`;
}

/** Whether If-None-Match names this validator; weak comparison (RFC 9110 13.1.2), encodings of one body count as one. */
export function isNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const bare = etag.slice(1, -1);
  return header
    .slice(0, 4000)
    .split(",")
    .some((part) => {
      const match = /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(part);
      return match?.[1]?.replace(/\.(?:gzip|zstd)$/, "") === bare;
    });
}

/** Answers a JSON text that is as of one sequence, or 304 when the client has it. */
export function answerAsOf(
  c: Context<AppEnv>,
  sequence: number,
  body: string,
  headers: Record<string, string> = {},
): Answer {
  const etag = etagOf(sequence, body);
  const all = {
    "Cache-Control": cacheRoute,
    ETag: etag,
    "Register-Sequence": String(sequence),
    Vary: "Accept-Encoding",
    ...headers,
  };
  if (isNoneMatch(c.req.header("if-none-match"), etag)) return c.body(null, 304, all) as Answer;
  return c.body(body, 200, { "Content-Type": "application/json; charset=utf-8", ...all }) as Answer;
}

/** The tag in If-Match; undefined when there is none, empty when it cannot be one of ours. */
export function expectedEtag(c: Context<AppEnv>): string | undefined {
  const header = c.req.header("if-match");
  return header === undefined ? undefined : (/^"([\w-]{16,64})"$/.exec(header.trim())?.[1] ?? "");
}
