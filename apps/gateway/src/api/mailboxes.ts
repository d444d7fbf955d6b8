import { createRoute } from "@hono/zod-openapi";
import { acknowledgeMailbox, openFromMailbox, requireMailbox, takeFromMailbox } from "@sor/core/deliveries";
import { Uuid } from "@sor/core/identifiers";
import { MailboxAcknowledgement, MailboxEntry, MailboxOwner, MailboxQuestion } from "@sor/core/messages";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { payloadAnswer, payloadContent } from "../streams/payload-answer.ts";
import { jsonBody, noStore, nothing, security } from "./shared.ts";

const tags = ["mailboxes"];
const byGln = z.object({ gln: MailboxOwner });
const takeRoute = createRoute({
  method: "get",
  path: "/v1/mailboxes/{gln}/messages",
  summary: "Take waiting deliveries, oldest first",
  description:
    "Deliveries that are taken are hidden from other readers for the visibility timeout. Fetch the bytes, store them, then acknowledge.",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byGln, query: MailboxQuestion },
  responses: {
    200: {
      description: "The deliveries taken",
      content: { "application/json": { schema: z.object({ items: z.array(MailboxEntry) }) } },
    },
    ...problemResponses("invalid", "not-signed-in", "not-allowed", "too-many", "unavailable"),
  },
});

const payloadRoute = createRoute({
  method: "get",
  path: "/v1/mailboxes/{gln}/messages/{id}",
  summary: "The bytes of a delivery, exactly as they were sent",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byGln.extend({ id: Uuid }), query: nothing },
  responses: {
    200: payloadContent,
    ...problemResponses(
      "invalid",
      "not-signed-in",
      "not-allowed",
      "not-found",
      "gone",
      "too-many",
      "unavailable",
    ),
  },
});

const acknowledgeRoute = createRoute({
  method: "post",
  path: "/v1/mailboxes/{gln}/messages/$ack",
  summary: "Acknowledge deliveries: the receiver has taken them over",
  description: "One or many. Idempotent.",
  tags,
  security,
  middleware: [requireKey, limitBody(100_000)] as const,
  request: {
    params: byGln,
    query: nothing,
    body: jsonBody(MailboxAcknowledgement, { ids: ["0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34"] }),
  },
  responses: {
    200: {
      description: "Deliveries that were acknowledged, and ids that were not in the mailbox",
      content: {
        "application/json": {
          schema: z.object({ acknowledged: z.array(Uuid), unknown: z.array(Uuid) }),
        },
      },
    },
    ...problemResponses(
      "invalid",
      "malformed",
      "not-signed-in",
      "not-allowed",
      "too-large",
      "unsupported-media-type",
      "too-many",
      "unavailable",
    ),
  },
});

/** Mailboxes: for systems without a webhook or folder, and for the receipts of every sender. */
export function mailboxes(deps: Deps) {
  const app = newRouter();

  app.openapi(takeRoute, async (c) => {
    const question = c.req.valid("query");
    // HEAD answers without the body, so it must not hide any deliveries.
    if (c.req.method === "HEAD") question.visibilityTimeoutSeconds = 0;
    const items = await takeFromMailbox(c.var.ctx, { ...c.req.valid("param"), ...question });
    return c.json({ items }, 200, noStore);
  });

  app.openapi(payloadRoute, async (c) => {
    const which = c.req.valid("param");
    return await payloadAnswer(c, deps, {
      open: (ctx) => openFromMailbox(ctx, which),
      require: (ctx) => requireMailbox(ctx, which.gln),
    });
  });

  app.openapi(acknowledgeRoute, async (c) => {
    const { gln } = c.req.valid("param");
    const { ids } = c.req.valid("json");
    const { secondsSinceAccepted, ...answer } = await acknowledgeMailbox(c.var.ctx, { gln, ids });
    for (const seconds of secondsSinceAccepted) {
      deps.metrics.deliverySeconds.observe(seconds);
      deps.metrics.deliveryAttempts.inc({ transport: "mailbox", outcome: "delivered" });
    }
    return c.json(answer, 200, noStore);
  });
  return app;
}
