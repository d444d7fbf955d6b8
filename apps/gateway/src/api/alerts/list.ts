import { createRoute } from "@hono/zod-openapi";
import { AlertFilter, AlertView, getAlert, listAlerts } from "@sor/core/alerts";
import { Uuid } from "@sor/core/identifiers";
import { z } from "zod";
import type { Deps } from "../../app-env.ts";
import { requireKey } from "../../http/caller.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { carriedPage, carriesFilter, nextLinkHeader } from "../paging.ts";

const tags = ["alerts"];
const security = [{ apiKey: [] }];
const noStore = { "Cache-Control": "no-store" };

/** Incidents, open and closed, of the caller's own endpoints and messages. */
export function alerts(_deps: Deps) {
  const app = newRouter();

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/alerts",
      summary: "Incidents, newest first",
      description:
        "Only those of the key's own supplier. An incident is notified once when it opens and once when it closes.",
      tags,
      security,
      middleware: [requireKey, carriesFilter] as const,
      request: { query: AlertFilter },
      responses: {
        200: {
          description: "One page",
          content: {
            "application/json": {
              schema: z.object({ items: z.array(AlertView), next: z.string().nullable() }),
            },
          },
          headers: nextLinkHeader,
        },
        ...problemResponses("invalid", "not-signed-in", "not-allowed", "too-many", "unavailable"),
      },
    }),
    async (c) => {
      const { page, link } = carriedPage(c, await listAlerts(c.var.ctx, c.req.valid("query")));
      return c.json(page, 200, { ...noStore, ...link });
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/alerts/{id}",
      summary: "An incident",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: z.object({ id: Uuid }), query: z.strictObject({}) },
      responses: {
        200: { description: "The incident", content: { "application/json": { schema: AlertView } } },
        ...problemResponses(
          "invalid",
          "not-signed-in",
          "not-allowed",
          "not-found",
          "too-many",
          "unavailable",
        ),
      },
    }),
    async (c) => c.json(await getAlert(c.var.ctx, c.req.valid("param")), 200, noStore),
  );
  return app;
}
