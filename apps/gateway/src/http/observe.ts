import { randomBytes } from "node:crypto";
import { createContext } from "@sor/core";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { AppEnv, Deps } from "../app-env.ts";
import { chooseLanguage } from "../problems/index.ts";
import { requestIdOf } from "./request-id.ts";
import { securityHeaders } from "./security-headers.ts";

/** The trace id of a W3C traceparent header (version 00 to fe), or undefined when it is not one. */
function traceIdOf(traceparent: string | undefined): string | undefined {
  const match = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/.exec(
    traceparent ?? "",
  );
  return match?.[1];
}

/**
 * First middleware: sets request id, trace, language and an anonymous context, and on the way out writes one log line and one
 * metric. Both use the route's pattern, never the path, which contains identifiers.
 */
export function observe(deps: Deps): MiddlewareHandler<AppEnv> {
  const common = Object.entries(securityHeaders(deps.config));
  const bodyPace = {
    bytesPerSecondMin: deps.config.BODY_KILOBYTES_PER_SECOND_MIN * 1000,
    graceSeconds: deps.config.BODY_GRACE_SECONDS,
  };
  return async (c, next) => {
    const started = performance.now();
    const requestId = requestIdOf(c.req.header("x-request-id"));
    const givenTrace = traceIdOf(c.req.header("traceparent"));
    const span = deps.tracing?.startRequest({
      method: methodLabel(c.req.method),
      traceparent: c.req.header("traceparent"),
    });
    const traceId = span?.traceId ?? givenTrace ?? randomBytes(16).toString("hex");
    if (span) c.set("traceparent", span.traceparent);
    const actor = { kind: "anonymous" } as const;
    c.set("requestId", requestId);
    c.set("traceId", traceId);
    c.set("language", chooseLanguage(c.req.header("accept-language")));
    c.set("bodyPace", bodyPace);
    c.set("actor", actor);
    c.set("ctx", createContext(deps.db, actor, deps.clock()));
    await next();
    c.res.headers.set("X-Request-Id", requestId);
    for (const [name, value] of common) c.res.headers.set(name, value);
    if (givenTrace) {
      const own = span?.traceparent ?? `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
      c.res.headers.set("traceparent", own);
    }
    const seconds = (performance.now() - started) / 1000;
    const route = matchedRoutes(c).at(-1)?.path ?? "";
    const labels = {
      method: methodLabel(c.req.method),
      route: route.endsWith("*") ? "none" : route,
      status: c.res.status,
    };
    deps.metrics.requestSeconds.observe(labels, seconds);
    span?.end(labels);
    const line = {
      ...labels,
      ms: Math.round(seconds * 1e6) / 1000,
      requestId,
      traceId,
      actor: c.var.actor.kind,
    };
    const failure = c.get("failure");
    if (failure) deps.log.error({ ...line, err: failure }, "request failed");
    else deps.log.info(line, "request");
  };
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const methodLabel = (method: string) => (methods.has(method) ? method : "other");
