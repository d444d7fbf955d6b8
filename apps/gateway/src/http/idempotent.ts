import { createHash } from "node:crypto";
import { claimRequest, keepClaimedAnswer, releaseClaim, underRequest } from "@sor/core/requests";
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../app-env.ts";

const answered = ["content-type", "location", "etag"];

/**
 * Idempotency-Key: an answer already given to this key and request is sent again, with `Idempotent-Replayed`. Refusals are not
 * stored: they changed nothing. If the process died after the change and before its answer was stored, the answer is built
 * anew and the change is not repeated. Runs after the middleware that limits the body.
 */
export const idempotent: MiddlewareHandler<AppEnv> = async (c, next) => {
  const key = c.req.header("idempotency-key");
  if (key === undefined || !/^[\x21-\x7e]{1,255}$/.test(key)) return await next();
  const hash = createHash("sha256").update(`${c.req.method} ${c.req.path}\n`);
  const request = { key, requestSha256: hash.update(Buffer.from(await c.req.arrayBuffer())).digest("hex") };
  const earlier = await claimRequest(c.var.ctx, request);
  if (earlier) {
    return c.body(earlier.body, earlier.status as 200, {
      ...earlier.headers,
      "Cache-Control": "no-store",
      "Idempotent-Replayed": "true",
    });
  }
  c.set("ctx", underRequest(c.var.ctx, request));
  await next();
  if (!c.res.ok) return await releaseClaim(c.var.ctx, request);
  const headers = Object.fromEntries(
    answered.flatMap((name) => {
      const value = c.res.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const body = await c.res.clone().text();
  await keepClaimedAnswer(c.var.ctx, request, { status: c.res.status, headers, body });
};
