import { createRoute } from "@hono/zod-openapi";
import { asRehearsal } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import {
  addNoticeUpdate,
  createNotice,
  getNotice,
  listCurrentNotices,
  listFeedNotices,
  NoticeKind,
  readStatus,
  ServiceId,
} from "@sor/core/status";
import { z } from "zod";
import type { Deps } from "../../app-env.ts";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import {
  byId,
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  refusedWriting,
  security,
} from "../shared.ts";
import {
  NoticeInput,
  NoticeView,
  noticeView,
  readNotice,
  readUpdate,
  StatusView,
  statusView,
  UpdateInput,
} from "./views.ts";

const tags = ["status"];
const bodyBytesMax = 50_000;
const open = ["invalid", "too-many", "unavailable"] as const;
/** Everybody may read it, and many ask: a cache may answer for half a minute. */
const kept = { "Cache-Control": "public, max-age=30" };

const Published = z
  .object({
    id: Uuid.nullable().meta({ description: "null in a dry run" }),
    state: NoticeView.shape.state,
    isSent: z.boolean().meta({ description: "Whether subscribers are mailed" }),
  })
  .meta({ id: "PublishedNotice", description: "What was published" });

const statusRoute = createRoute({
  method: "get",
  path: "/v1/status",
  summary: "How the services are doing, with open notices · Driftsstatus",
  description:
    "Without a key. Windows are announced at least 48 hours before. The portal has the same at `/drift`, as feeds, and in the shapes of Statuspage at `/api/v2`.",
  tags,
  request: { query: nothing },
  responses: { 200: json("The status", StatusView), ...problemResponses(...open) },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/notices",
  summary: "Notices: every open one, and the newest others · Driftsbeskeder",
  description: "Without a key. At most a hundred, open ones first.",
  tags,
  request: { query: z.strictObject({ kind: NoticeKind.optional(), service: ServiceId.optional() }) },
  responses: {
    200: json("The notices", z.object({ items: z.array(NoticeView) })),
    ...problemResponses(...open),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/notices/{id}",
  summary: "A notice with its updates · En driftsbesked",
  tags,
  request: { params: byId, query: nothing },
  responses: { 200: json("The notice", NoticeView), ...problemResponses(...open, "not-found") },
});

const postRoute = createRoute({
  method: "post",
  path: "/v1/notices",
  summary: "Publish a notice · Ny driftsbesked",
  description:
    "For the register authority, with `status:write`. It is on the page, in the feeds and on its way by mail at once. Send an `Idempotency-Key`: a repeated request publishes once.",
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
  request: {
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(NoticeInput, {
      ...{ kind: "incident", state: "investigating", priority: 2, services: ["edi-gateway"] },
      title: "Langsomme svar på opslag",
      text: "Opslag svarer langsommere end normalt. Vi undersøger årsagen.",
    }),
  },
  responses: { 201: json("Published", Published), ...refusedWriting("conflict") },
});

const updateRoute = createRoute({
  method: "post",
  path: "/v1/notices/{id}/updates",
  summary: "Add an update to a notice, and close it by a closing state · Ny opdatering",
  description:
    "For the register authority, with `status:write`. Whoever was told of the beginning is told of the end, also with `isSent` false.",
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(UpdateInput, { state: "resolved", text: "Servicen kører normalt igen." }),
  },
  responses: { 201: json("Published", Published), ...refusedWriting("not-found", "conflict") },
});

/** The status of the services and the notices: everybody reads them, the register authority writes notices. */
export function status(deps: Deps) {
  const app = newRouter();
  const own = deps.config.DEMO ? "demo" : "production";

  app.openapi(statusRoute, async (c) => {
    const { ctx } = c.var;
    const facts = { services: await readStatus(ctx, own), notices: await listCurrentNotices(ctx) };
    return c.json(statusView(facts, own, ctx.now), 200, kept);
  });

  app.openapi(listRoute, async (c) => {
    const { kind, service } = c.req.valid("query");
    const found = await listFeedNotices(c.var.ctx, { kind, serviceId: service });
    return c.json({ items: found.map(noticeView) }, 200, kept);
  });

  app.openapi(getRoute, async (c) => {
    const found = await getNotice(c.var.ctx, c.req.valid("param").id);
    return c.json(noticeView(found), 200, kept);
  });

  app.openapi(postRoute, async (c) => {
    const body = c.req.valid("json");
    const ctx = body.dryRun ? asRehearsal(c.var.ctx) : c.var.ctx;
    const id = await createNotice(ctx, readNotice(body));
    const told = { state: body.state, isSent: body.isSent };
    if (body.dryRun) return c.json({ id: null, ...told }, 201, noStore);
    return c.json({ id, ...told }, 201, { ...noStore, Location: `/v1/notices/${id}` });
  });

  app.openapi(updateRoute, async (c) => {
    const body = c.req.valid("json");
    const { id } = c.req.valid("param");
    const ctx = body.dryRun ? asRehearsal(c.var.ctx) : c.var.ctx;
    await addNoticeUpdate(ctx, readUpdate(id, body));
    return c.json({ id: body.dryRun ? null : id, state: body.state, isSent: body.isSent }, 201, noStore);
  });
  return app;
}
