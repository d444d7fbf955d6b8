import { createRoute } from "@hono/zod-openapi";
import {
  type ApprovalRule,
  addApprovalRule,
  endApprovalRule,
  keepApprovalRule,
  listApprovalRules,
  NewApprovalRule,
} from "@sor/core/changesets";
import { Uuid } from "@sor/core/identifiers";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../../app-env.ts";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
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
} from "../shared.ts";
import { tags } from "./views.ts";

const RuleView = z
  .object({
    id: Uuid,
    kind: NewApprovalRule.shape.kind,
    subtreeSorId: z
      .string()
      .nullable()
      .meta({ description: "The part below this unit; null for the whole register" }),
    laidBy: z.enum(["authority", "region"]),
    endAskedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: "Since when another person is to confirm its end" }),
  })
  .meta({ id: "ApprovalRule", description: "A kind of change that needs a second person" });

const example = {
  ...{ id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a39", kind: "any" as const, subtreeSorId: "311000016009" },
  ...{ laidBy: "region" as const, endAskedAt: null },
};
const given = { kind: "any" as const, subtreeSorId: example.subtreeSorId };

function viewOf({ id, kind, subtreeSorId, laidBy, endAskedAt }: ApprovalRule): z.infer<typeof RuleView> {
  return { id: Uuid.parse(id), kind, subtreeSorId, laidBy, endAskedAt: endAskedAt?.toISOString() ?? null };
}

const common = { tags, security };
const writing: MiddlewareHandler<AppEnv>[] = [requireKey, limitBody(1000), idempotent];

const listRoute = createRoute({
  ...common,
  method: "get",
  path: "/v1/approval-rules",
  summary: "Which changes need a second person · Regler om godkendelse",
  description: "Those of the whole register first.",
  middleware: [requireKey] as const,
  request: { query: nothing },
  responses: {
    200: json("The rules", z.object({ items: z.array(RuleView) }), { items: [example as never] }),
    ...refusedReading(),
  },
});

const addRoute = createRoute({
  ...common,
  method: "post",
  path: "/v1/approval-rules",
  summary: "Let a kind of change need a second person · Ny regel",
  description:
    "For the whole register by the authority, below a unit by whoever edits that part. It holds at once: a set that is approved is asked for again when it is applied.",
  middleware: writing,
  request: { query: nothing, headers: idempotencyHeader, body: jsonBody(NewApprovalRule, given as never) },
  responses: { 201: json("Added", RuleView, example as never), ...refusedWriting("not-found", "conflict") },
});

const endRoute = createRoute({
  ...common,
  method: "post",
  path: "/v1/approval-rules/{id}/$end",
  summary: "Ask for the end of a rule · Lad en regel ophøre",
  description:
    "The rule holds until another person confirms it in the portal: nobody switches the second person off alone. 403 when a person has asked already, since a key confirms nothing.",
  middleware: writing,
  request: { params: byId, query: nothing, headers: idempotencyHeader },
  responses: {
    202: json("Asked: another person has to confirm", z.object({ endAskedAt: z.iso.datetime() }), {
      endAskedAt: "2026-10-01T10:00:00.000Z",
    }),
    ...refusedWriting("not-found", "conflict"),
  },
});

const keepRoute = createRoute({
  ...common,
  method: "post",
  path: "/v1/approval-rules/{id}/$keep",
  summary: "Take back that a rule is to end · Behold en regel",
  description: "Does nothing when nobody asked.",
  middleware: writing,
  request: { params: byId, query: nothing, headers: idempotencyHeader },
  responses: { 204: { description: "It stays" }, ...refusedWriting("not-found") },
});

/** Rules about which changes need a second person. */
export function approvalRules() {
  const app = newRouter();

  app.openapi(listRoute, async (c) =>
    c.json({ items: (await listApprovalRules(c.var.ctx)).map(viewOf) }, 200, noStore),
  );

  app.openapi(addRoute, async (c) =>
    c.json(viewOf(await addApprovalRule(c.var.ctx, c.req.valid("json"))), 201, noStore),
  );

  app.openapi(endRoute, async (c) => {
    const { endAskedAt } = await endApprovalRule(c.var.ctx, c.req.valid("param"));
    return c.json({ endAskedAt: endAskedAt.toISOString() }, 202, noStore);
  });

  app.openapi(keepRoute, async (c) => {
    await keepApprovalRule(c.var.ctx, c.req.valid("param"));
    return c.body(null, 204);
  });
  return app;
}
