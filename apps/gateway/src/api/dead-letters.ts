import { createRoute } from "@hono/zod-openapi";
import {
  DeadLetterGroup,
  discardDeadLetter,
  listDeadLetters,
  MessageSummary,
  OperatorRequest,
  retryDeadLetter,
} from "@sor/core/messages";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../caller.ts";
import { limitBody } from "../limits.ts";
import { problemResponses } from "../problem-docs.ts";
import { newRouter } from "../router.ts";

const tags = ["dead letters"];
const security = [{ apiKey: [] }];
const nothing = z.strictObject({});
const noStore = { "Cache-Control": "no-store" };
const bodyBytesMax = 10_000;
const body = { required: true, content: { "application/json": { schema: OperatorRequest } } };
const moved = (description: string) => ({
  200: { description, content: { "application/json": { schema: MessageSummary } } },
  ...problemResponses(
    "invalid",
    "malformed",
    "not-signed-in",
    "not-allowed",
    "not-found",
    "wrong-state",
    "too-large",
    "unsupported-media-type",
    "too-many",
    "unavailable",
  ),
});

/** Letters that their receiver refused for good: seen by both sides, tried again or given up by either. */
export function deadLetters(deps: Deps) {
  const app = newRouter();

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/dead-letters",
      summary: "Dead letters by cause, receiver and type; the letters: GET /v1/messages?state=dead",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { query: nothing },
      responses: {
        200: {
          description: "Groups, the largest first",
          content: { "application/json": { schema: z.object({ items: z.array(DeadLetterGroup) }) } },
        },
        ...problemResponses("invalid", "not-signed-in", "not-allowed", "too-many", "unavailable"),
      },
    }),
    async (c) => c.json({ items: await listDeadLetters(c.var.ctx) }, 200, noStore),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/dead-letters/$retry",
      summary: "Try a dead letter again",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax)] as const,
      request: { query: nothing, body },
      responses: moved("It is queued again"),
    }),
    async (c) => {
      const answer = await retryDeadLetter(c.var.ctx, c.req.valid("json"));
      deps.announce();
      return c.json(answer, 200, noStore);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/dead-letters/$discard",
      summary: "Give a dead letter up; its sender is told by a CTL01",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax)] as const,
      request: { query: nothing, body },
      responses: moved("It is given up"),
    }),
    async (c) => {
      const { GATEWAY_PARTY: gatewayParty } = deps.config;
      const answer = await discardDeadLetter(c.var.ctx, { ...c.req.valid("json"), gatewayParty });
      return c.json(answer, 200, noStore);
    },
  );
  return app;
}
