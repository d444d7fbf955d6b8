import { createRoute } from "@hono/zod-openapi";
import { DeliverySla, measureSla, SlaQuestion } from "@sor/core/sla";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { newRouter } from "../http/router.ts";
import { json, noStore, refusedReading, security } from "./shared.ts";

/** Delivery times against a target. Each side sees only its own messages. */
export function deliveries({ config }: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/deliveries/sla",
      summary: "Delivery times, how many met the target, and which receipts are missing",
      description:
        "Covers the messages of the caller's own side that were accepted within the period. A message counts against the target once it is delivered or given up, or its time has run out. At most the newest 100,000 are counted: `isComplete` is false when there are more.",
      tags: ["messages"],
      security,
      middleware: [requireKey] as const,
      request: { query: SlaQuestion },
      responses: { 200: json("The delivery times", DeliverySla), ...refusedReading() },
    }),
    async (c) => {
      const question = c.req.valid("query");
      const target = question.target ?? config.DELIVERY_TARGET_SECONDS;
      return c.json(await measureSla(c.var.ctx, { ...question, target }), 200, noStore);
    },
  );
  return app;
}
