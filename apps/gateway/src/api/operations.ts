import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { securityTxt } from "@sor/core";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../app-env.ts";
import { newRouter } from "../http/router.ts";
import { lookAtReadiness, type Purpose, purposes, Readiness } from "./readiness.ts";
import { noStore } from "./shared.ts";

const verbose = z.enum(["", "true", "1"]).optional().meta({ description: "The reasons as JSON" });
const purpose = z.enum(purposes).default("lookups").meta({ description: "What the node is to be used for" });

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
 * Liveness, readiness and metrics. With a MANAGEMENT_PORT, metrics and the reasons of readiness are available there only: the
 * "public" port only says whether the process is ready.
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
    (c) => c.text("ok\n", 200, noStore),
  );
  const answer = async (c: Context<AppEnv>, asked: Purpose, isVerbose: boolean) => {
    if (deps.stopping?.aborted) return c.text("stopping\n", 503, noStore);
    const readiness = await lookAtReadiness(deps, c.var.ctx.now, asked);
    const status = readiness.status === "not-ready" ? 503 : 200;
    return isVerbose && isOpen
      ? c.json(readiness, status, noStore)
      : c.text(`${readiness.status}\n`, status, noStore);
  };
  const states = { 200: json("ready or degraded"), 503: json("not ready") };
  app.openapi(
    createRoute({
      method: "get",
      path: "/readyz",
      tags,
      summary: "Whether this node can be used for a purpose",
      description:
        "`lookups` (the default) is 200 also while the database is unavailable (degraded): lookups are answered from memory. `intake` needs the database, free space to spool and a clock that agrees with the database's; `delivery` needs the database and the clock.",
      request: { query: z.strictObject({ purpose, verbose }) },
      responses: states,
    }),
    (c) => answer(c, c.req.valid("query").purpose, c.req.valid("query").verbose !== undefined),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/startupz",
      tags,
      summary: "The first routing table is loaded",
      request: { query: z.strictObject({ verbose }) },
      responses: states,
    }),
    (c) => answer(c, "lookups", c.req.valid("query").verbose !== undefined),
  );
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
  description: "Available on MANAGEMENT_PORT only, where that is set.",
  responses: { 200: text("Prometheus text format 0.0.4") },
});

function showMetrics(deps: Deps): RouteHandler<typeof metricsRoute, AppEnv> {
  return async (c) => {
    const { metrics } = deps;
    const { store, snapshot, clock, spool } = await lookAtReadiness(deps, c.var.ctx.now);
    metrics.databaseUp.set(store.isConnected ? 1 : 0);
    metrics.snapshotSequence.set(snapshot.sequence);
    metrics.snapshotPairs.set(deps.routing.table.pairCount);
    metrics.snapshotBytes.set(deps.routing.table.bytes);
    metrics.snapshotAgeSeconds.set(snapshot.ageSeconds ?? Number.NaN);
    metrics.clockSkewSeconds.set(clock.skewSeconds ?? Number.NaN);
    metrics.spoolFreeBytes.set(spool.freeBytes ?? Number.NaN);
    return c.text(await metrics.registry.metrics(), 200, {
      "Content-Type": metrics.registry.contentType,
      ...noStore,
    });
  };
}
