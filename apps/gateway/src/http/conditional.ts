import { crc32 } from "node:zlib";
import { addDays, dayInDenmark, startOfDayInDenmark } from "@sor/core/validity";
import type { Context, MiddlewareHandler } from "hono";
import type { Answer, AppEnv } from "../app-env.ts";

/** How long a client may cache an answer (gateway.md 1.0). */
const lifetimes = {
  route: { "max-age": 60, "stale-while-revalidate": 300, "stale-if-error": 86_400 },
  list: { "max-age": 60 },
  refusal: { "max-age": 5 },
} as const;

/**
 * Cache-Control of a kind of answer. No cache may serve it after the second at which it changes with time alone
 * (RFC 9111 5.2.2.1, RFC 5861): `secondsLeft` until then, unlimited when it is left out.
 */
export function cacheFor(kind: keyof typeof lifetimes, secondsLeft = Number.POSITIVE_INFINITY): string {
  const { "max-age": fresh, ...stale } = lifetimes[kind];
  const left = Math.max(0, Math.floor(secondsLeft));
  const maxAge = Math.min(fresh, left);
  const more = Object.entries(stale).map(
    ([name, seconds]) => `, ${name}=${Math.min(seconds, left - maxAge)}`,
  );
  return `private, max-age=${maxAge}${more.join("")}`;
}

const kept = { route: cacheFor("route"), refusal: cacheFor("refusal") };
const longestSeconds = 86_460;

/** The same for one lookup; precomputed for the many that have no planned change. */
export const cacheOfLookup = (kind: keyof typeof kept, secondsLeft: number) =>
  secondsLeft >= longestSeconds ? kept[kind] : cacheFor(kind, secondsLeft);

/** Seconds left of the day in Denmark: registrations are by day and may change at midnight. */
export function secondsOfDay(now: Date): number {
  const tomorrow = startOfDayInDenmark(addDays(dayInDenmark(now), 1));
  return (tomorrow.getTime() - now.getTime()) / 1000;
}

/** Cache-Control of a location or its units, which change by day, as of now or of a requested moment. */
export function cacheOfMoment(c: Context<AppEnv>, holdsUntil: number): { "Cache-Control": string } {
  const now = c.var.ctx.now;
  const left = Math.min(secondsOfDay(now), holdsUntil - now.getTime() / 1000);
  return { "Cache-Control": cacheFor("route", c.req.query("at") === undefined ? left : undefined) };
}

/** A strong validator: the sequence of the body, and a checksum of it. */
export function etagOf(sequence: number, body: string): string {
  return `"${sequence.toString(36)}-${crc32(body).toString(16)}"`;
}

/** A strong validator: core's ETag of the state that can be edited, and a checksum of the body that shows it. */
export const tagOfState = (etag: string, body: string) => `"${etag}-${crc32(body).toString(16)}"`;

/** Core's ETags of the states that If-Match names by such validators. */
export const statesOf = ({ etag }: { etag: readonly string[] | undefined }) =>
  etag?.map((tag) => tag.slice(0, Math.max(0, tag.lastIndexOf("-"))));

type Tag = { isWeak: boolean; text: string };

/** The tags that a condition lists (RFC 9110 13.1), or `*`; undefined when there is no condition. At most 4,000 characters. */
function listed(header: string | undefined): readonly Tag[] | "*" | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === "*") return "*";
  const tags = header.slice(0, 4000).matchAll(/(?:^|,)\s*(W\/)?"([^"]*)"\s*(?=,|$)/g);
  return Array.from(tags, ([, weak, text = ""]) => ({ isWeak: weak !== undefined, text }));
}

/** The ETag without the suffix of a compressed answer (compress.ts). */
const unpacked = (tag: string) => tag.replace(/\.(?:gzip|zstd)$/, "");

/**
 * The validator under which the client has what `etag` names, if If-None-Match lists it: compared weakly, with any content
 * coding. Undefined when the body has to be sent.
 */
export function knownTag(header: string | undefined, etag: string): string | undefined {
  const tags = listed(header);
  if (tags === "*") return etag;
  const known = tags?.find(({ text }) => unpacked(text) === etag.slice(1, -1));
  return known && `"${known.text}"`;
}

/**
 * What If-Match requires of the current state: one of some tags, compared strongly and with any content coding, or any (`*`).
 * Undefined when there is no such condition.
 */
export function ifMatch(c: Context<AppEnv>): { etag: readonly string[] | undefined } | undefined {
  const tags = listed(c.req.header("if-match"));
  if (tags === undefined) return undefined;
  if (tags === "*") return { etag: undefined };
  return { etag: tags.filter(({ isWeak }) => !isWeak).map(({ text }) => unpacked(text)) };
}

/** Whether the current state satisfies If-Match. */
export const isExpected = (expected: { etag: readonly string[] | undefined }, present: { etag: string }) =>
  expected.etag?.includes(present.etag) ?? true;

/** Headers that describe a body; removed from an answer without one. */
const ofContent = ["Content-Type", "Content-Length", "Content-Disposition", "Content-Digest"];

/** Answers 304 if the client already has the body, by the validator that the answer carries. */
export function notModified(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    const { res } = c;
    const etag = res.headers.get("etag");
    if (!etag || res.status !== 200 || !["GET", "HEAD"].includes(c.req.method)) return;
    const known = knownTag(c.req.header("if-none-match"), etag);
    if (known === undefined) return;
    await res.body?.cancel();
    const answer = new Response(null, { status: 304, headers: res.headers });
    for (const name of ofContent) answer.headers.delete(name);
    answer.headers.set("ETag", known);
    c.res = undefined;
    c.res = answer;
  };
}

/** Answers a JSON text that is as of one sequence. */
export function answerAsOf(
  c: Context<AppEnv>,
  sequence: number,
  body: string,
  headers: Record<string, string> = {},
): Answer {
  return c.body(body, 200, {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": cacheFor("route"),
    ETag: etagOf(sequence, body),
    "Register-Sequence": String(sequence),
    Vary: "Accept-Encoding",
    ...headers,
  }) as Answer;
}
