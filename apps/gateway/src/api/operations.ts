import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { securityTxt } from "@sor/core";
import { z } from "zod";
import type { AppEnv, Deps } from "../app-env.ts";
import { newRouter } from "../router.ts";

/** An older table than this is no longer trusted to be ready; the database has been away for a day. */
const staleAfterSeconds = 86_400;

/** Whether lookups can be answered, and how fresh. Pure. */
export function readinessOf(state: ReturnType<Deps["routing"]["state"]>, now: Date) {
  const ageSeconds =
    state.freshAt === null ? null : Math.max(0, (now.getTime() - state.freshAt.getTime()) / 1000);
  const isReady = state.source !== "none" && (ageSeconds === null || ageSeconds < staleAfterSeconds);
  const status = !isReady ? "not-ready" : state.isConnected ? "ready" : "degraded";
  return {
    status: status as "ready" | "degraded" | "not-ready",
    store: { isConnected: state.isConnected, problem: state.problem },
    snapshot: {
      source: state.source,
      sequence: state.sequence,
      freshAt: state.freshAt?.toISOString() ?? null,
      ageSeconds,
      savedAt: state.savedAt?.toISOString() ?? null,
    },
  };
}

const Readiness = z
  .object({
    status: z.enum(["ready", "degraded", "not-ready"]),
    store: z.object({ isConnected: z.boolean(), problem: z.string().nullable() }),
    snapshot: z.object({
      source: z.enum(["none", "file", "database"]),
      sequence: z.int(),
      freshAt: z.iso.datetime().nullable(),
      ageSeconds: z.number().nullable(),
      savedAt: z.iso.datetime().nullable(),
    }),
  })
  .meta({ id: "Readiness", description: "Whether lookups can be answered, from what, and how fresh" });

const verbose = z.strictObject({
  verbose: z.enum(["", "true", "1"]).optional().meta({ description: "The reasons as JSON" }),
});

const text = (description: string) => ({
  description,
  content: { "text/plain": { schema: z.string() } },
});
const json = (description: string) => ({
  description,
  content: { "text/plain": { schema: z.string() }, "application/json": { schema: Readiness } },
});
const tags = ["operations"];

/**
 * Liveness, readiness and metrics. With a MANAGEMENT_PORT, metrics and the reasons of readiness are told there alone: the
 * "public" door says only whether the process is ready.
 */
export function operations(deps: Deps, door: "public" | "management") {
  const app = newRouter();
  const isOpen = door === "management" || deps.config.MANAGEMENT_PORT === undefined;
  app.openapi(
    createRoute({
      method: "get",
      path: "/livez",
      tags,
      summary: "The process answers",
      responses: { 200: text("ok") },
    }),
    (c) => c.text("ok\n", 200, { "Cache-Control": "no-store" }),
  );
  for (const path of ["/readyz", "/startupz"] as const) {
    app.openapi(
      createRoute({
        method: "get",
        path,
        tags,
        summary: path === "/readyz" ? "Lookups can be answered" : "The first routing table is loaded",
        description: "200 also while the database is gone (degraded): lookups are answered from memory.",
        request: { query: verbose },
        responses: { 200: json("ready or degraded"), 503: json("not ready") },
      }),
      (c) => {
        const state = readinessOf(deps.routing.state(), c.var.ctx.now);
        const isReady = state.status !== "not-ready" && !deps.stopping?.aborted;
        const status = isReady ? 200 : 503;
        const headers = { "Cache-Control": "no-store" };
        if (deps.stopping?.aborted) return c.text("stopping\n", status, headers);
        return c.req.valid("query").verbose === undefined || !isOpen
          ? c.text(`${state.status}\n`, status, headers)
          : c.json(state, status, headers);
      },
    );
  }
  if (isOpen) app.openapi(metricsRoute, showMetrics(deps));
  const { SECURITY_CONTACT: contact, PUBLIC_GATEWAY_URL } = deps.config;
  if (door === "public" && contact !== undefined) {
    const origin = PUBLIC_GATEWAY_URL?.replace(/\/$/, "");
    app.get("/.well-known/security.txt", (c) => c.text(securityTxt({ contact, origin, now: c.var.ctx.now })));
  }
  return app;
}

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  tags,
  summary: "Prometheus metrics",
  description: "Answered on MANAGEMENT_PORT alone where that is set.",
  responses: { 200: text("Prometheus text format 0.0.4") },
});

function showMetrics(deps: Deps): RouteHandler<typeof metricsRoute, AppEnv> {
  return async (c) => {
    const state = deps.routing.state();
    const { metrics } = deps;
    metrics.snapshotSequence.set(state.sequence);
    metrics.snapshotPairs.set(deps.routing.table.pairCount);
    metrics.snapshotBytes.set(deps.routing.table.bytes);
    if (state.freshAt) {
      metrics.snapshotAgeSeconds.set((c.var.ctx.now.getTime() - state.freshAt.getTime()) / 1000);
    }
    return c.text(await metrics.registry.metrics(), 200, {
      "Content-Type": metrics.registry.contentType,
      "Cache-Control": "no-store",
    });
  };
}
