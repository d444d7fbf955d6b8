import { createRoute } from "@hono/zod-openapi";
import {
  createEndpoint,
  EndpointFields,
  EndpointPatch,
  getEndpoint,
  listEndpoints,
  updateEndpoint,
} from "@sor/core/endpoints";
import { z } from "zod";
import type { Deps } from "../../app-env.ts";
import { privateHostsOf } from "../../config.ts";
import { requireKey } from "../../http/caller.ts";
import { ifMatch, isExpected } from "../../http/conditional.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { problem } from "../../problems/index.ts";
import { roundTrip } from "../round-trip.ts";
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
import { bodyBytesMax, EndpointView, endpointExample, endpointView, onlyVisible, tags } from "./shared.ts";

const Given = EndpointFields.omit({ supplierId: true }).strict().meta({
  id: "EndpointInput",
  description: "An endpoint as its supplier configures it",
});
const ofPut = roundTrip(Given, EndpointView, ["certificate", "lastVerifiedAt"]);
const Put = ofPut.schema.meta({
  id: "EndpointPut",
  description: "An endpoint as its supplier configures it; the answer of GET can be sent back",
});
const Kept = z
  .object({
    endpoint: EndpointView,
    secret: z.string().nullable().meta({ description: "A new signing secret; shown only once" }),
  })
  .meta({ id: "EndpointKept", description: "The endpoint, and its signing secret if a new one was created" });

const given = {
  name: "Produktion",
  transport: "webhook" as const,
  address: "https://edi.example.dk/in",
  technicalContact: "drift@example.dk",
};
const secret = "whsec_ERERERERERERERERERERERERERERERERERERERERERE=";
const refusals = problemResponses("invalid", "not-signed-in", "not-allowed", "too-many", "unavailable");
const writeRefusals = [
  "invalid",
  "malformed",
  "not-signed-in",
  "not-allowed",
  "not-found",
  "conflict",
  "gone",
  "precondition-failed",
  "precondition-required",
  "too-large",
  "unsupported-media-type",
  "too-many",
  "unavailable",
] as const;
const listRoute = createRoute({
  method: "get",
  path: "/v1/endpoints",
  summary: "The supplier's own endpoints · Leverandørens egne endepunkter",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { query: z.strictObject({ state: z.enum(["open", "all"]).default("open") }) },
  responses: {
    200: json("The endpoints, by name", z.object({ items: z.array(EndpointView) }), {
      items: [endpointExample],
    }),
    ...refusals,
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/endpoints/{id}",
  summary: "An endpoint · Et endepunkt",
  description: "Send the ETag back as If-Match in a change. Measurements do not change it.",
  tags,
  security,
  middleware: [requireKey, onlyVisible] as const,
  request: { params: byId, query: nothing },
  responses: {
    200: json("The endpoint", EndpointView, endpointExample),
    ...problemResponses("invalid", "not-signed-in", "not-allowed", "not-found", "too-many", "unavailable"),
  },
});

const newRoute = createRoute({
  method: "post",
  path: "/v1/endpoints",
  summary: "Create an endpoint · Nyt endepunkt",
  description:
    "A webhook gets a signing secret (Standard Webhooks), shown only once. Its address must be https and public, unless the installation allows the host.",
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
  request: { query: nothing, headers: idempotencyHeader, body: jsonBody(Given, given) },
  responses: {
    201: json("Created", Kept, { endpoint: endpointExample, secret }),
    ...problemResponses(
      "invalid",
      "malformed",
      "not-signed-in",
      "not-allowed",
      "conflict",
      "idempotency-key-in-flight",
      "idempotency-key-reused",
      "too-large",
      "unsupported-media-type",
      "too-many",
      "unavailable",
    ),
  },
});

const writeRoute = (method: "put" | "patch") =>
  createRoute({
    method,
    path: "/v1/endpoints/{id}",
    summary:
      method === "put" ? "Set an endpoint whole · Sæt det hele" : "Change some fields · Ret nogle felter",
    description:
      "If-Match is required. The answer of GET can be sent back: a computed member is refused when its value has changed, and measured members (`certificate`, `lastVerifiedAt`) are ignored. A new address is not verified yet: its certificate and last verification are reset. Queued messages go to the new address or by the new transport.",
    tags,
    security,
    middleware: [requireKey, onlyVisible, limitBody(bodyBytesMax)] as const,
    request: {
      params: byId,
      query: nothing,
      body: jsonBody(
        method === "put" ? Put : EndpointPatch,
        method === "put" ? given : ({ probeWith: "head" } as never),
      ),
    },
    responses: {
      200: json("Changed", Kept, { endpoint: endpointExample, secret: null }),
      ...problemResponses(...writeRefusals),
    },
  });

/** A supplier's endpoints: list, read, create and change. */
export function editEndpoints(deps: Deps) {
  const app = newRouter();
  const plainHttpHosts = privateHostsOf(deps.config);

  app.openapi(listRoute, async (c) => {
    const { ctx, actor } = c.var;
    const supplierId = actor.kind === "key" ? actor.supplierId : "";
    const isAll = c.req.valid("query").state === "all";
    const found = await listEndpoints(ctx, { supplierId });
    const shown = found.filter((each) => isAll || each.state !== "closed");
    return c.json({ items: shown.map((each) => endpointView(each, ctx.now)) }, 200, noStore);
  });

  app.openapi(getRoute, async (c) => {
    const endpoint = await getEndpoint(c.var.ctx, c.req.valid("param"));
    return c.json(endpointView(endpoint, c.var.ctx.now), 200, tagHeaders(endpoint));
  });

  app.openapi(newRoute, async (c) => {
    const { ctx, actor } = c.var;
    const supplierId = actor.kind === "key" ? actor.supplierId : "";
    const made = await createEndpoint(ctx, { ...c.req.valid("json"), supplierId, plainHttpHosts });
    const headers = { ...tagHeaders(made.endpoint), Location: `/v1/endpoints/${made.endpoint.id}` };
    return c.json({ endpoint: endpointView(made.endpoint, ctx.now), secret: made.secret }, 201, headers);
  });

  for (const method of ["put", "patch"] as const) {
    app.openapi(writeRoute(method), async (c) => {
      const expected = ifMatch(c);
      if (expected === undefined) return problem(c, "precondition-required");
      const { id } = c.req.valid("param");
      const { ctx, language } = c.var;
      const wanted = c.req.valid("json");
      const present = await getEndpoint(ctx, { id });
      const shown = endpointView(present, ctx.now);
      const errors = isExpected(expected, present) ? ofPut.faultsOf(wanted, shown, language) : [];
      if (errors.length > 0) return problem(c, "invalid", { errors });
      const kept = method === "patch" ? fieldsOf(present) : {};
      const fields = Given.strip().parse({ ...kept, ...wanted });
      const { endpoint, secret } = await updateEndpoint(ctx, { id, fields, ...expected, plainHttpHosts });
      deps.announce();
      return c.json({ endpoint: endpointView(endpoint, ctx.now), secret }, 200, tagHeaders(endpoint));
    });
  }
  return app;
}

function fieldsOf(endpoint: Awaited<ReturnType<typeof getEndpoint>>): z.input<typeof Given> {
  const { systemId, name, transport, address, mimeTypes, technicalContact, probeWith } = endpoint;
  const { isOrdered, signsText, retry } = endpoint;
  const named = { systemId, name, transport, address, mimeTypes, technicalContact };
  return { ...named, probeWith, isOrdered, signsText, retry };
}
