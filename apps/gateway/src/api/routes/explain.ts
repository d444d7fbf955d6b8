import { createRoute } from "@hono/zod-openapi";
import { AskedMoment, explainRoute, RouteExplanation, RoutePair } from "@sor/core/routing";
import type { Deps } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { nothing } from "../shared.ts";
import { momentOf, tags } from "./shared.ts";

const Question = RoutePair.extend({ at: AskedMoment.optional() }).meta({
  id: "RouteQuestion",
  description: "A lookup to explain",
});

const example = {
  question: { gln: "5790000123117", messageType: "DIS91", version: "D9199L", at: "2026-01-31T12:00:00Z" },
  found: false,
  reason: "version-not-supported",
  rules: [
    {
      rule: "version",
      outcome: "failed",
      da: "Typen modtages, men ikke i denne version.",
      en: "The type is received, but not in this version.",
    },
  ],
  alternatives: [
    {
      kind: "version",
      gln: "5790000123117",
      messageType: "DIS91",
      version: "D9134L",
      da: "Send i version D9134L.",
      en: "Send in version D9134L.",
    },
  ],
  route: null,
  sequence: 4711,
};

/** Explains, rule by rule, why a lookup finds a route or does not. */
export function explainLookup(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/routes/$explain",
      tags,
      summary: "Explain why a route is or is not found · Hvorfor, eller hvorfor ikke",
      description: "Answers 200 also when no route is found; the explanation is the answer.",
      middleware: [requireReader(deps), limitBody(10_000)] as const,
      request: {
        query: nothing,
        body: {
          required: true,
          content: {
            "application/json": {
              schema: Question,
              examples: {
                one: { value: { gln: "5790000123117", messageType: "DIS91", version: "D9199L" } as never },
              },
            },
          },
        },
      },
      responses: {
        200: {
          description: "Each rule with its outcome, and the nearest alternatives",
          content: {
            "application/json": { schema: RouteExplanation, examples: { one: { value: example as never } } },
          },
        },
        ...problemResponses("invalid", "malformed", "too-large", "unsupported-media-type", "too-many"),
      },
    }),
    (c) => {
      const { at, ...pair } = c.req.valid("json");
      const { table } = deps.routing;
      const explanation = explainRoute(table, { ...pair, at: momentOf(c, at) });
      const headers = { "Cache-Control": "no-store", "Register-Sequence": String(table.sequence) };
      return c.json(explanation, 200, headers);
    },
  );
  return app;
}
