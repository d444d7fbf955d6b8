import { createRoute } from "@hono/zod-openapi";
import {
  AttemptView,
  cancelMessage,
  EventView,
  getMessage,
  listAttempts,
  listMessageEvents,
  listMessages,
  MessageFilter,
  MessageSummary,
  MessageView,
  OperatorReason,
  readMessagePayload,
  resendMessage,
} from "@sor/core/messages";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../caller.ts";
import { limitBody } from "../limits.ts";
import { payloadAnswer, payloadContent } from "../payload-answer.ts";
import { problemResponses } from "../problem-docs.ts";
import { newRouter } from "../router.ts";

const tags = ["messages"];
const security = [{ apiKey: [] }];
const byId = z.object({ id: z.uuid() });
const nothing = z.strictObject({});
const noStore = { "Cache-Control": "no-store" };
const refusals = problemResponses(
  "invalid",
  "not-signed-in",
  "not-allowed",
  "not-found",
  "too-many",
  "unavailable",
);
const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { "application/json": { schema } },
});

/** Where each letter stands, station by station. Each side sees its own. */
export function messages(deps: Deps) {
  const app = newRouter();

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/messages",
      summary: "Messages of one's own side, newest first",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { query: MessageFilter },
      responses: {
        200: json("A page", z.object({ items: z.array(MessageSummary), next: z.string().nullable() })),
        ...problemResponses("invalid", "not-signed-in", "not-allowed", "too-many", "unavailable"),
      },
    }),
    async (c) => c.json(await listMessages(c.var.ctx, c.req.valid("query")), 200, noStore),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/messages/{id}",
      summary: "A message, its route and the states it has been in",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byId, query: nothing },
      responses: { 200: json("The message", MessageView), ...refusals },
    }),
    async (c) => c.json(await getMessage(c.var.ctx, c.req.valid("param")), 200, noStore),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/messages/{id}/events",
      summary: "Everything that happened to a message",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byId, query: nothing },
      responses: { 200: json("Events, oldest first", z.object({ items: z.array(EventView) })), ...refusals },
    }),
    async (c) => c.json({ items: await listMessageEvents(c.var.ctx, c.req.valid("param")) }, 200, noStore),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/messages/{id}/attempts",
      summary: "Every attempt to deliver a message",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byId, query: nothing },
      responses: {
        200: json("Attempts, oldest first", z.object({ items: z.array(AttemptView) })),
        ...refusals,
      },
    }),
    async (c) => c.json({ items: await listAttempts(c.var.ctx, c.req.valid("param")) }, 200, noStore),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/messages/{id}/payload",
      summary: "The interchange in which it came, byte for byte; that it was read is journalled",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byId, query: nothing },
      responses: { 200: payloadContent, ...refusals },
    }),
    async (c) => payloadAnswer(c, await readMessagePayload(c.var.ctx, c.req.valid("param"))),
  );

  const operatorBody = { required: true, content: { "application/json": { schema: OperatorReason } } };
  const steppedIn = problemResponses(
    "invalid",
    "malformed",
    "not-signed-in",
    "not-allowed",
    "not-found",
    "wrong-state",
    "conflict",
    "too-large",
    "unsupported-media-type",
    "too-many",
    "unavailable",
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/messages/{id}/$resend",
      summary: "Send a letter again: new envelope id and time, all else unchanged",
      tags,
      security,
      middleware: [requireKey, limitBody(10_000)] as const,
      request: { params: byId, query: nothing, body: operatorBody },
      responses: {
        202: json(
          "Sent again as another message",
          z.object({ interchangeId: z.uuid(), messageId: z.uuid() }),
        ),
        ...steppedIn,
      },
    }),
    async (c) => {
      const copy = await resendMessage(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
      deps.announce();
      return c.json(copy, 202, { ...noStore, Location: `/v1/messages/${copy.messageId}` });
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/messages/{id}/$cancel",
      summary: "Withdraw a letter that has not been handed over",
      tags,
      security,
      middleware: [requireKey, limitBody(10_000)] as const,
      request: { params: byId, query: nothing, body: operatorBody },
      responses: { 200: json("It is withdrawn", MessageSummary), ...steppedIn },
    }),
    async (c) => {
      const withdrawn = await cancelMessage(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
      return c.json(withdrawn, 200, noStore);
    },
  );
  return app;
}
