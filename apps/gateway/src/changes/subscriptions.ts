import { createRoute } from "@hono/zod-openapi";
import {
  createSubscription,
  getSubscription,
  listSubscriptions,
  NewSubscription,
  RefreshQuestion,
  refreshSubscription,
  removeSubscription,
  replaySubscription,
  SubscriptionChange,
  SubscriptionView,
  updateSubscription,
} from "@sor/core/change-subscriptions";
import { ChangePosition } from "@sor/core/changes";
import { Uuid } from "@sor/core/identifiers";
import { z } from "zod";
import {
  byId,
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  refusedReading,
  refusedWriting,
  security,
  tagHeaders,
} from "../api/shared.ts";
import type { Deps } from "../app-env.ts";
import { privateHostsOf } from "../config.ts";
import { requireKey } from "../http/caller.ts";
import { ifMatch } from "../http/conditional.ts";
import { idempotent } from "../http/idempotent.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { problem } from "../problems/index.ts";

const common = { tags: ["changes"], security };
const path = "/v1/subscriptions";
const guarded = ["not-found", "precondition-required", "precondition-failed"] as const;
const withBody = [requireKey, limitBody(10_000)];
const once = [...withBody, idempotent];

const wanted = { name: "Kopi af registret", address: "https://edi.example.dk/sor-aendringer", rows: true };
const Created = SubscriptionView.extend({
  secret: z.string().meta({ description: "Signing secret (Standard Webhooks); shown once" }),
}).meta({ id: "SubscriptionCreated", description: "A new subscription" });

const listRoute = createRoute({
  ...common,
  method: "get",
  path,
  summary: "Webhooks that are sent the change feed, and how far each has come",
  middleware: [requireKey],
  request: { query: nothing },
  responses: {
    200: json("Those of the key's supplier", z.object({ items: z.array(SubscriptionView) })),
    ...refusedReading(),
  },
});

const newRoute = createRoute({
  ...common,
  method: "post",
  path,
  summary: "Be sent the change feed by webhook · Abonnér på ændringer",
  description:
    "Batches of CloudEvents 1.0 in order, one message at a time, signed as Standard Webhooks. What was not received is sent again until it is; an event has the same `id` each time. Needs a key with `changes:subscribe`.",
  middleware: once,
  request: { query: nothing, headers: idempotencyHeader, body: jsonBody(NewSubscription, wanted) },
  responses: { 201: json("The subscription", Created), ...refusedWriting("conflict", "offset-gone") },
});

const getRoute = createRoute({
  ...common,
  method: "get",
  path: `${path}/{id}`,
  summary: "A subscription: its state, how far it has come, and what is under way",
  description: "Send the ETag back as If-Match in PATCH and DELETE.",
  middleware: [requireKey],
  request: { params: byId, query: nothing },
  responses: { 200: json("The subscription", SubscriptionView), ...refusedReading("not-found") },
});

const changeRoute = createRoute({
  ...common,
  method: "patch",
  path: `${path}/{id}`,
  summary: "Pause a subscription, or resume one that is paused or suspended",
  description: "If-Match is required. It goes on from where it was, so that nothing is missed.",
  middleware: withBody,
  request: { params: byId, query: nothing, body: jsonBody(SubscriptionChange, { isPaused: true }) },
  responses: { 200: json("The subscription", SubscriptionView), ...refusedWriting(...guarded) },
});

const removeRoute = createRoute({
  ...common,
  method: "delete",
  path: `${path}/{id}`,
  summary: "End a subscription",
  description: "If-Match is required.",
  middleware: [requireKey],
  request: { params: byId, query: nothing },
  responses: { 204: { description: "Ended" }, ...refusedReading(...guarded) },
});

const replayRoute = createRoute({
  ...common,
  method: "post",
  path: `${path}/{id}/$replay`,
  summary: "Send everything after a place of the feed again",
  middleware: once,
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(z.strictObject({ after: ChangePosition }), { after: "0" }),
  },
  responses: {
    200: json("The subscription", SubscriptionView),
    ...refusedWriting("not-found", "offset-gone"),
  },
});

const refreshRoute = createRoute({
  ...common,
  method: "post",
  path: `${path}/{id}/$refresh`,
  summary: "Send the present state to this subscriber only",
  description:
    "Events of type `sor.register.rows` with the attribute `refresh`; the last has `islast`. Changes overtake them.",
  middleware: once,
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(RefreshQuestion, { entity: "location" }),
  },
  responses: {
    202: json("It will be sent", z.object({ refreshId: Uuid })),
    ...refusedWriting("not-found"),
  },
});

/** Subscriptions to the change feed: webhooks with CloudEvents, replay and refresh. */
export function changeSubscriptions(deps: Deps) {
  const app = newRouter();
  app.openapi(listRoute, async (c) => c.json({ items: await listSubscriptions(c.var.ctx) }, 200, noStore));

  app.openapi(newRoute, async (c) => {
    const plainHttpHosts = privateHostsOf(deps.config);
    const created = await createSubscription(c.var.ctx, { ...c.req.valid("json"), plainHttpHosts });
    const { subscription, secret } = created;
    const headers = { ...tagHeaders(subscription), Location: `${path}/${subscription.id}` };
    return c.json({ ...subscription, secret }, 201, headers);
  });

  app.openapi(getRoute, async (c) => {
    const found = await getSubscription(c.var.ctx, c.req.valid("param"));
    return c.json(found, 200, tagHeaders(found));
  });

  app.openapi(changeRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const fields = c.req.valid("json");
    const changed = await updateSubscription(c.var.ctx, { ...c.req.valid("param"), ...expected, fields });
    return c.json(changed, 200, tagHeaders(changed));
  });

  app.openapi(removeRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    await removeSubscription(c.var.ctx, { ...c.req.valid("param"), ...expected });
    return c.body(null, 204, noStore);
  });

  app.openapi(replayRoute, async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json") };
    const replayed = await replaySubscription(c.var.ctx, input);
    return c.json(replayed, 200, tagHeaders(replayed));
  });

  app.openapi(refreshRoute, async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json") };
    return c.json(await refreshSubscription(c.var.ctx, input), 202, noStore);
  });
  return app;
}
