import { createRoute } from "@hono/zod-openapi";
import {
  type Endpoint,
  pauseEndpoint,
  resumeEndpoint,
  rotateSigningSecret,
  SecretRotation,
} from "@sor/core/endpoints";
import {
  closeEndpoint,
  drainEndpoint,
  EndpointClosing,
  EndpointDrain,
  Instant,
} from "@sor/core/message-types";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../../app-env.ts";
import { requireKey } from "../../http/caller.ts";
import { ifMatch } from "../../http/conditional.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { problem } from "../../problems/index.ts";
import { byId, idempotencyHeader, json, jsonBody, nothing, security, tagHeaders } from "../shared.ts";
import { bodyBytesMax, EndpointView, endpointExample, endpointView, onlyVisible, tags } from "./shared.ts";

const Pause = z
  .strictObject({
    until: Instant.nullable().default(null).meta({ description: "Null: until it is resumed" }),
    reason: z.string().trim().min(1).max(254),
  })
  .meta({ id: "EndpointPauseInput", description: "A pause of an endpoint" });
const Ended = z
  .object({ endpoint: EndpointView, movedLocations: z.int() })
  .meta({ id: "EndpointEnd", description: "The endpoint, and how many location numbers were moved from it" });
const Rotated = z
  .object({ endpoint: EndpointView, secret: z.string() })
  .meta({ id: "SecretRotated", description: "The endpoint, and its new signing secret; shown only once" });

const refusalCodes = [
  "invalid",
  "malformed",
  "not-signed-in",
  "not-allowed",
  "not-found",
  "gone",
  "idempotency-key-in-flight",
  "idempotency-key-reused",
  "too-large",
  "unsupported-media-type",
  "too-many",
  "unavailable",
] as const;
const refusals = problemResponses(...refusalCodes);
const endRefusals = problemResponses(
  "invalid",
  "malformed",
  "not-signed-in",
  "not-allowed",
  "not-found",
  "conflict",
  "endpoint-in-use",
  "gone",
  "idempotency-key-in-flight",
  "idempotency-key-reused",
  "too-large",
  "unsupported-media-type",
  "too-many",
  "unavailable",
);
const reason = "Flytning til nyt datacenter";
const moveTo = "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a35";
const middleware: MiddlewareHandler<AppEnv>[] = [
  requireKey,
  onlyVisible,
  limitBody(bodyBytesMax),
  idempotent,
];
const common = { method: "post" as const, tags, security, middleware };

const pauseRoute = createRoute({
  ...common,
  path: "/v1/endpoints/{id}/$pause",
  summary: "Pause deliveries; new messages are held · Sæt på pause",
  description:
    "Messages are accepted (202) and held; senders see `held`, lookups `paused` with the end of the pause.",
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(Pause, { until: "2030-03-02T06:00:00Z", reason }),
  },
  responses: {
    200: json("Paused", EndpointView, { ...endpointExample, state: "paused" }),
    ...refusals,
  },
});

const resumeRoute = createRoute({
  ...common,
  path: "/v1/endpoints/{id}/$resume",
  summary: "Resume deliveries · Genoptag",
  description: "Ends a pause or a drain; held messages are sent.",
  request: { params: byId, query: nothing, headers: idempotencyHeader },
  responses: { 200: json("Active", EndpointView, endpointExample), ...refusals },
});

const drainRoute = createRoute({
  ...common,
  path: "/v1/endpoints/{id}/$drain",
  summary: "Drain: finish what is queued, hold what is new · Tøm",
  description:
    "Messages accepted earlier are sent, including those held by a pause. Messages that arrive meanwhile are accepted (202) and held, never refused. When the queue is empty the endpoint is paused or closed. To close it, no location number may receive there when the drain begins (409 `endpoint-in-use`), unless `moveTo` takes over.",
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(EndpointDrain, { endsAs: "closed", moveTo, reason }),
  },
  responses: {
    202: json("Draining", Ended, {
      endpoint: { ...endpointExample, state: "draining" },
      movedLocations: 12,
    }),
    ...endRefusals,
  },
});

const closeRoute = createRoute({
  ...common,
  path: "/v1/endpoints/{id}/$close",
  summary: "Close permanently · Luk",
  description:
    "Refused while location numbers receive there (409 `endpoint-in-use`), unless `moveTo`, another open endpoint of the supplier, takes over what they receive now and later. Queued messages are sent to where their messages are received then, or reported to the sender as not delivered (CTL01, NC).",
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(EndpointClosing, { moveTo, reason }),
  },
  responses: {
    200: json("Closed", Ended, {
      endpoint: { ...endpointExample, state: "closed" },
      movedLocations: 12,
    }),
    ...endRefusals,
  },
});

const rotateRoute = createRoute({
  ...common,
  path: "/v1/endpoints/{id}/$rotate-secret",
  summary: "Rotate the signing secret · Ny signeringshemmelighed",
  description:
    "The previous secret signs beside the new one for `overlapHours` (a week by default); older ones until the ends they already have: see `signingSecrets`. 0 ends all older ones at once: use it for a leaked secret. At most five sign at the same time (409 `too-many-secrets`). If-Match is required: of two who rotate at the same time, the second is told.",
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(SecretRotation.strict(), { overlapHours: 48 }),
  },
  responses: {
    200: json("The new secret, shown only once", Rotated, {
      endpoint: {
        ...endpointExample,
        signingSecrets: [
          { madeAt: "2026-03-01T10:00:00.000Z", endsAt: null },
          { madeAt: "2026-01-12T09:00:00.000Z", endsAt: "2026-03-03T10:00:00.000Z" },
        ],
      },
      secret: "whsec_ERERERERERERERERERERERERERERERERERERERERERE=",
    }),
    ...problemResponses(...refusalCodes, "too-many-secrets", "precondition-failed", "precondition-required"),
  },
});

const endedOf = (ended: { endpoint: Endpoint; movedLocations: number }, now: Date) => ({
  endpoint: endpointView(ended.endpoint, now),
  movedLocations: ended.movedLocations,
});

/** Operations on an endpoint besides editing it: pause, resume, drain, close, rotate the signing secret. */
export function operateEndpoints(deps: Deps) {
  const app = newRouter();

  app.openapi(pauseRoute, async (c) => {
    const paused = await pauseEndpoint(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    return c.json(endpointView(paused, c.var.ctx.now), 200, tagHeaders(paused));
  });

  app.openapi(resumeRoute, async (c) => {
    const resumed = await resumeEndpoint(c.var.ctx, c.req.valid("param"));
    deps.announce();
    return c.json(endpointView(resumed, c.var.ctx.now), 200, tagHeaders(resumed));
  });

  app.openapi(drainRoute, async (c) => {
    const ended = await drainEndpoint(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    deps.announce();
    return c.json(endedOf(ended, c.var.ctx.now), 202, tagHeaders(ended.endpoint));
  });

  app.openapi(closeRoute, async (c) => {
    const ended = await closeEndpoint(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    deps.announce();
    return c.json(endedOf(ended, c.var.ctx.now), 200, tagHeaders(ended.endpoint));
  });

  app.openapi(rotateRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const input = { ...c.req.valid("param"), ...c.req.valid("json"), ...expected };
    const { endpoint, secret } = await rotateSigningSecret(c.var.ctx, input);
    return c.json({ endpoint: endpointView(endpoint, c.var.ctx.now), secret }, 200, tagHeaders(endpoint));
  });
  return app;
}
