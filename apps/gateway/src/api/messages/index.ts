import { getMessage, listAttempts, listMessageEvents, openMessagePayload } from "@sor/core/messages";
import { reportReceipt } from "@sor/core/receipts";
import { getResends, rehearseResends, startResends, stopResends } from "@sor/core/resends";
import {
  cancelMessage,
  declineRelease,
  holdMessage,
  listApprovals,
  releaseMessage,
  rerouteMessage,
  resendMessage,
} from "@sor/core/steering";
import { countMessages, listMessages, searchMessages } from "@sor/core/tracking";
import type { Deps } from "../../app-env.ts";
import { newRouter } from "../../http/router.ts";
import { payloadAnswer } from "../../streams/payload-answer.ts";
import { carriedPage, continued } from "../paging.ts";
import { noStore } from "../shared.ts";
import * as read from "./read-routes.ts";
import * as steer from "./steer-routes.ts";

/** The state and history of each message, and the operations on it. Each side sees only its own. */
export function messages(deps: Deps) {
  const app = newRouter();
  app.openapi(read.listRoute, async (c) => {
    const { count, ...filter } = c.req.valid("query");
    const { page, link } = carriedPage(c, await listMessages(c.var.ctx, filter));
    const counted = count && (await countMessages(c.var.ctx, { filter, count }));
    return c.json({ ...page, ...counted }, 200, { ...noStore, ...link });
  });
  app.openapi(read.searchRoute, async (c) => {
    const { asked, pageOf } = continued(c, c.req.valid("json"));
    return c.json(pageOf(await searchMessages(c.var.ctx, asked)), 200, noStore);
  });
  app.openapi(read.getRoute, async (c) =>
    c.json(await getMessage(c.var.ctx, c.req.valid("param")), 200, noStore),
  );
  app.openapi(read.eventsRoute, async (c) =>
    c.json({ items: await listMessageEvents(c.var.ctx, c.req.valid("param")) }, 200, noStore),
  );
  app.openapi(read.attemptsRoute, async (c) =>
    c.json({ items: await listAttempts(c.var.ctx, c.req.valid("param")) }, 200, noStore),
  );
  app.openapi(read.payloadRoute, async (c) => {
    const which = c.req.valid("param");
    return await payloadAnswer(c, deps, {
      open: (ctx) => openMessagePayload(ctx, which),
      require: (ctx) => getMessage(ctx, which),
    });
  });
  app.route("/", steering(deps));
  app.route("/", resending());
  app.route("/", approving());
  return app;
}

function approving() {
  const app = newRouter();
  app.openapi(steer.approvalsRoute, async (c) =>
    c.json({ items: await listApprovals(c.var.ctx) }, 200, noStore),
  );
  app.openapi(steer.declineRoute, async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json") };
    return c.json(await declineRelease(c.var.ctx, input), 200, noStore);
  });
  return app;
}

function resending() {
  const app = newRouter();
  app.openapi(steer.resendManyRoute, async (c) => {
    const { reason, dryRun, ...choice } = c.req.valid("json");
    if (dryRun) return c.json(await rehearseResends(c.var.ctx, { choice, reason }), 200, noStore);
    const job = await startResends(c.var.ctx, { choice, reason });
    return c.json(job, 202, { ...noStore, Location: `/v1/resends/${job.id}` });
  });
  app.openapi(steer.resendJobRoute, async (c) =>
    c.json(await getResends(c.var.ctx, c.req.valid("param")), 200, noStore),
  );
  app.openapi(steer.stopResendsRoute, async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json") };
    return c.json(await stopResends(c.var.ctx, input), 200, noStore);
  });
  return app;
}

function steering(deps: Deps) {
  const app = newRouter();
  app.openapi(steer.resendRoute, async (c) => {
    const copy = await resendMessage(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    deps.announce();
    return c.json(copy, 202, { ...noStore, Location: `/v1/messages/${copy.messageId}` });
  });
  app.openapi(steer.cancelRoute, async (c) => {
    const withdrawn = await cancelMessage(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    return c.json(withdrawn, 200, noStore);
  });
  app.openapi(steer.rerouteRoute, async (c) => {
    const moved = await rerouteMessage(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    deps.announce();
    return c.json(moved, 200, noStore);
  });
  app.openapi(steer.holdRoute, async (c) => {
    const held = await holdMessage(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    return c.json(held, 200, noStore);
  });
  app.openapi(steer.releaseRoute, async (c) => {
    const released = await releaseMessage(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    deps.announce();
    return c.json(released, 200, noStore);
  });
  app.openapi(steer.receiptRoute, async (c) => {
    const told = await reportReceipt(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") });
    deps.announce();
    return c.json(told, 200, noStore);
  });
  return app;
}
