import { createRoute } from "@hono/zod-openapi";
import { DeliverySla, measureSla, SlaQuestion } from "@sor/core/sla";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../caller.ts";
import { newRouter } from "../router.ts";
import { json, noStore, refusedReading, security } from "./shared.ts";

/** How deliveries have been doing against a target. Each side sees its own. */
export function deliveries({ config }: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/deliveries/sla",
      summary: "How long deliveries took, how many met the target, and which receipts are missing",
      description:
        "Of messages of one's own side that were accepted within the period. A message counts against the target when it is delivered, given up, or its time is up. At most the newest 100,000 are counted: `isComplete` says whether that was all.",
      tags: ["messages"],
      security,
      middleware: [requireKey] as const,
      request: { query: SlaQuestion },
      responses: { 200: json("What was found", DeliverySla), ...refusedReading() },
    }),
    async (c) => {
      const question = c.req.valid("query");
      const target = question.target ?? config.DELIVERY_TARGET_SECONDS;
      return c.json(await measureSla(c.var.ctx, { ...question, target }), 200, noStore);
    },
  );
  return app;
}
