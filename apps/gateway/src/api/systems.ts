import { createRoute } from "@hono/zod-openapi";
import {
  countDeployments,
  createSystem,
  getSystem,
  listApprovals,
  listSystems,
  type System,
  SystemApproval,
  SystemFields,
  updateSystem,
} from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { ifMatch, isExpected } from "../http/conditional.ts";
import { idempotent } from "../http/idempotent.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { problem } from "../problems/index.ts";
import { roundTrip } from "./round-trip.ts";
import { byId, idempotencyHeader, json, jsonBody, noStore, nothing, security, tagHeaders } from "./shared.ts";

const tags = ["systems"];
const bodyBytesMax = 10_000;

const SystemSummary = z
  .object({
    id: Uuid,
    supplierId: Uuid,
    supplierName: z.string(),
    name: z.string(),
    version: z.string().nullable(),
    sorCode: z.string().nullable(),
  })
  .meta({ id: "System", description: "A supplier's product that receives messages" });
const SystemView = SystemSummary.extend({
  approvals: z
    .array(SystemApproval)
    .meta({ description: "What it is approved for, and in which of its versions" }),
  deployments: z
    .object({ locationNumbers: z.int(), endpoints: z.int() })
    .meta({ description: "Location numbers that refer to it today, and open endpoints" }),
}).meta({ id: "SystemView", description: "A product with its approvals and deployments" });
const SystemInput = SystemFields.omit({ supplierId: true }).strict().meta({
  id: "SystemInput",
  description: "A product as its supplier describes it",
});

const ofPut = roundTrip(SystemInput, SystemView, ["deployments"]);
const Put = ofPut.schema.meta({
  id: "SystemPut",
  description: "A product as its supplier describes it; the answer of GET can be sent back",
});

const summary = {
  id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a35",
  supplierId: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a36",
  supplierName: "Leverandør A/S",
  name: "Journalsystem",
  version: "4.2",
  sorCode: null,
};
const view = {
  ...summary,
  approvals: [
    {
      ...{ productVersion: "4.2", messageType: "DIS91", version: "D9134L", direction: "send" as const },
      ...{ approvedOn: "2026-01-15", expiresOn: null, reference: "T-2026-17" },
    },
  ],
  deployments: { locationNumbers: 240, endpoints: 2 },
};
const given = { name: "Journalsystem", version: "4.2" };

const summaryOf = ({ id, supplierId, supplierName, name, version, sorCode }: System) => {
  return { id, supplierId, supplierName, name, version, sorCode };
};

const reading = ["invalid", "not-signed-in", "too-many", "unavailable"] as const;
const writing = [
  ...reading,
  "malformed",
  "not-allowed",
  "conflict",
  "too-large",
  "unsupported-media-type",
] as const;
const listRoute = createRoute({
  method: "get",
  path: "/v1/systems",
  summary: "Products that receive messages · Systemer",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { query: z.strictObject({ supplierId: Uuid.optional() }) },
  responses: {
    200: json("The products, by name", z.object({ items: z.array(SystemSummary) }), { items: [summary] }),
    ...problemResponses(...reading),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/systems/{id}",
  summary: "A product, its approvals and deployments · Et system",
  description: "Send the ETag back as If-Match in a change. Approvals are written by the register authority.",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: {
    200: json("The product", SystemView, view),
    ...problemResponses(...reading, "not-found"),
  },
});

const newRoute = createRoute({
  method: "post",
  path: "/v1/systems",
  summary: "Create a product · Nyt system",
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
  request: { query: nothing, headers: idempotencyHeader, body: jsonBody(SystemInput, given) },
  responses: {
    201: json("Created", SystemSummary, summary),
    ...problemResponses(...writing, "idempotency-key-in-flight", "idempotency-key-reused"),
  },
});

const changeRoute = createRoute({
  method: "put",
  path: "/v1/systems/{id}",
  summary: "Change a product · Ret et system",
  description:
    "If-Match is required. The answer of GET can be sent back: a computed member is refused when its value has changed, and `deployments` is ignored.",
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax)] as const,
  request: { params: byId, query: nothing, body: jsonBody(Put, given) },
  responses: {
    200: json("Changed", SystemSummary, summary),
    ...problemResponses(...writing, "not-found", "precondition-failed", "precondition-required"),
  },
});

/** Products of the suppliers: every key may list and read them; only their own supplier creates and changes them. */
export function systems(_deps: Deps) {
  const app = newRouter();

  app.openapi(listRoute, async (c) => {
    const found = await listSystems(c.var.ctx, c.req.valid("query"));
    return c.json({ items: found.map(summaryOf) }, 200, noStore);
  });

  app.openapi(getRoute, async (c) => {
    const { ctx } = c.var;
    const system = await getSystem(ctx, c.req.valid("param"));
    const approvals = await listApprovals(ctx.db, system.id);
    const deployments = await countDeployments(ctx, system.id);
    return c.json({ ...summaryOf(system), approvals, deployments }, 200, tagHeaders(system));
  });

  app.openapi(newRoute, async (c) => {
    const { ctx, actor } = c.var;
    const supplierId = actor.kind === "key" ? actor.supplierId : "";
    const system = await createSystem(ctx, { ...c.req.valid("json"), supplierId });
    const headers = { ...tagHeaders(system), Location: `/v1/systems/${system.id}` };
    return c.json(summaryOf(system), 201, headers);
  });

  app.openapi(changeRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const { ctx, language } = c.var;
    const { id } = c.req.valid("param");
    const wanted = c.req.valid("json");
    const present = await getSystem(ctx, { id });
    const shown = { ...summaryOf(present), approvals: await listApprovals(ctx.db, id) };
    const errors = isExpected(expected, present) ? ofPut.faultsOf(wanted, shown, language) : [];
    if (errors.length > 0) return problem(c, "invalid", { errors });
    const system = await updateSystem(ctx, { id, fields: wanted, ...expected });
    return c.json(summaryOf(system), 200, tagHeaders(system));
  });
  return app;
}
