import { createRoute } from "@hono/zod-openapi";
import {
  AlertMessageView,
  AlertSubscriptionChange,
  AlertSubscriptionView,
  ConfirmationCode,
  confirmAlertSubscription,
  createAlertSubscription,
  getAlertSubscription,
  listAlertMessages,
  listAlertSubscriptions,
  NewAlertSubscription,
  removeAlertSubscription,
  testAlertSubscription,
  updateAlertSubscription,
} from "@sor/core/alerts";
import { Uuid } from "@sor/core/identifiers";
import { z } from "zod";
import type { Deps } from "../../app-env.ts";
import { privateHostsOf } from "../../config.ts";
import { requireKey } from "../../http/caller.ts";
import { ifMatch } from "../../http/conditional.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import type { ProblemCode } from "../../problems/catalogue.ts";
import { problemResponses } from "../../problems/docs.ts";
import { problem } from "../../problems/index.ts";
import {
  byId,
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  security,
  tagHeaders,
} from "../shared.ts";

const tags = ["alerts"];
const path = "/v1/alert-subscriptions";
const reading: ProblemCode[] = [
  "invalid",
  "not-signed-in",
  "not-allowed",
  "not-found",
  "too-many",
  "unavailable",
];
const writing: ProblemCode[] = [...reading, "malformed", "conflict", "too-large", "unsupported-media-type"];
const repeated: ProblemCode[] = ["idempotency-key-in-flight", "idempotency-key-reused"];
const guarded: ProblemCode[] = [...writing, "wrong-state", "precondition-required", "precondition-failed"];
const asKey = [requireKey];
const withBody = [requireKey, limitBody(50_000)];
const once = [...withBody, idempotent];

const wanted = {
  supplierId: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a36",
  channel: "webhook" as const,
  address: "https://drift.example.dk/alarmer",
  name: "Driftsvagten",
};

const Created = AlertSubscriptionView.extend({
  secret: z
    .string()
    .nullable()
    .meta({ description: "Signing secret of a webhook (Standard Webhooks); shown once" }),
  feedAddress: z.string().nullable().meta({ description: "Address of a feed; secret, shown once" }),
}).meta({ id: "AlertSubscriptionCreated", description: "A new alert subscription" });
const listRoute = createRoute({
  method: "get",
  path,
  summary: "Alert subscriptions",
  tags,
  security,
  middleware: asKey,
  request: { query: nothing },
  responses: {
    200: json("The subscriptions", z.object({ items: z.array(AlertSubscriptionView) })),
    ...problemResponses(...reading),
  },
});

const newRoute = createRoute({
  method: "post",
  path,
  summary: "Create an alert subscription",
  description:
    "A code is sent to a mail address, and no alerts before the code has been confirmed with `$confirm`.",
  tags,
  security,
  middleware: once,
  request: { query: nothing, headers: idempotencyHeader, body: jsonBody(NewAlertSubscription, wanted) },
  responses: { 201: json("The subscription", Created), ...problemResponses(...writing, ...repeated) },
});

const getRoute = createRoute({
  method: "get",
  path: `${path}/{id}`,
  summary: "An alert subscription",
  description: "Send the ETag back as If-Match in PATCH and DELETE.",
  tags,
  security,
  middleware: asKey,
  request: { params: byId, query: nothing },
  responses: { 200: json("The subscription", AlertSubscriptionView), ...problemResponses(...reading) },
});

const changeRoute = createRoute({
  method: "patch",
  path: `${path}/{id}`,
  summary: "Change which alerts are sent and when, pause the subscription, or reactivate a suspended one",
  description:
    "If-Match is required. The destination cannot be changed; create another subscription instead.",
  tags,
  security,
  middleware: withBody,
  request: { params: byId, query: nothing, body: jsonBody(AlertSubscriptionChange, { isPaused: true }) },
  responses: { 200: json("The subscription", AlertSubscriptionView), ...problemResponses(...guarded) },
});

const removeRoute = createRoute({
  method: "delete",
  path: `${path}/{id}`,
  summary: "Delete a subscription with its history",
  description: "If-Match is required.",
  tags,
  security,
  middleware: asKey,
  request: { params: byId, query: nothing },
  responses: { 204: { description: "Deleted" }, ...problemResponses(...guarded) },
});

const confirmRoute = createRoute({
  method: "post",
  path: `${path}/{id}/$confirm`,
  summary: "Confirm a mail address with the code that was sent to it",
  tags,
  security,
  middleware: once,
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(z.strictObject({ code: ConfirmationCode }), { code: "K7QXA-2MWPR" }),
  },
  responses: {
    200: json("The subscription, now active", AlertSubscriptionView),
    ...problemResponses(...writing, ...repeated),
  },
});

const testRoute = createRoute({
  method: "post",
  path: `${path}/{id}/$test`,
  summary: "Send a test message",
  tags,
  security,
  middleware: once,
  request: { params: byId, query: nothing, headers: idempotencyHeader },
  responses: {
    202: json("Queued for sending", z.object({ messageId: Uuid })),
    ...problemResponses(...reading, ...repeated, "wrong-state"),
  },
});

const sentRoute = createRoute({
  method: "get",
  path: `${path}/{id}/messages`,
  summary: "What was or will be sent to a subscription, and the result",
  tags,
  security,
  middleware: asKey,
  request: { params: byId, query: nothing },
  responses: {
    200: json("The newest hundred", z.object({ items: z.array(AlertMessageView) })),
    ...problemResponses(...reading),
  },
});

/** Alert subscriptions: who is notified of incidents, by mail, webhook or feed. */
export function alertSubscriptions(deps: Deps) {
  const app = newRouter();

  app.openapi(listRoute, async (c) =>
    c.json({ items: await listAlertSubscriptions(c.var.ctx) }, 200, noStore),
  );

  app.openapi(newRoute, async (c) => {
    const plainHttpHosts = privateHostsOf(deps.config);
    const created = await createAlertSubscription(c.var.ctx, { ...c.req.valid("json"), plainHttpHosts });
    const { subscription, secret, feedToken } = created;
    const origin = deps.config.PUBLIC_GATEWAY_URL?.replace(/\/$/, "") ?? "";
    const feedAddress = feedToken === null ? null : `${origin}/alerts/feed/${feedToken}.rss`;
    const headers = { ...tagHeaders(subscription), Location: `${path}/${subscription.id}` };
    return c.json({ ...subscription, secret, feedAddress }, 201, headers);
  });

  app.openapi(getRoute, async (c) => {
    const found = await getAlertSubscription(c.var.ctx, c.req.valid("param"));
    return c.json(found, 200, tagHeaders(found));
  });

  app.openapi(changeRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const { id } = c.req.valid("param");
    const changed = await updateAlertSubscription(c.var.ctx, {
      id,
      ...expected,
      fields: c.req.valid("json"),
    });
    return c.json(changed, 200, tagHeaders(changed));
  });

  app.openapi(removeRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    await removeAlertSubscription(c.var.ctx, { ...c.req.valid("param"), ...expected });
    return c.body(null, 204, noStore);
  });

  app.openapi(confirmRoute, async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json") };
    return c.json(await confirmAlertSubscription(c.var.ctx, input), 200, noStore);
  });

  app.openapi(testRoute, async (c) =>
    c.json(await testAlertSubscription(c.var.ctx, c.req.valid("param")), 202, noStore),
  );

  app.openapi(sentRoute, async (c) =>
    c.json({ items: await listAlertMessages(c.var.ctx, c.req.valid("param")) }, 200, noStore),
  );
  return app;
}
