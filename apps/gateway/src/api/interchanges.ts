import { acceptInterchange, acceptLarge, checkInterchange } from "@sor/core/intake";
import {
  type AcceptedInterchange,
  getInterchange,
  listReceipts,
  openInterchangePayload,
} from "@sor/core/messages";
import { countInterchanges, listInterchanges } from "@sor/core/tracking";
import type { Context } from "hono";
import type { z } from "zod";
import type { AppEnv, Deps } from "../app-env.ts";
import type { Limiter } from "../http/limits.ts";
import { newRouter } from "../http/router.ts";
import { createReceive } from "../intake/receive.ts";
import { countAcceptance, countingRefusals, countRefusal } from "../metrics/message-metrics.ts";
import { interchangesOf, preferredWait, withFirstOutcome } from "../streams/first-outcome.ts";
import { payloadAnswer } from "../streams/payload-answer.ts";
import {
  checkRoute,
  getRoute,
  listRoute,
  payloadRoute,
  receiptsRoute,
  sendRoute,
} from "./interchange-routes.ts";
import { carriedPage } from "./paging.ts";
import { noStore } from "./shared.ts";

/** Sends and checks interchanges. */
function sending(deps: Deps, limiter: Limiter) {
  const app = newRouter();
  const receive = createReceive(deps, limiter);
  app.openapi(sendRoute, async (c) => {
    const [started, startedAt] = [performance.now(), deps.clock()];
    const idempotencyKey = c.req.valid("header")["idempotency-key"];
    const accepted = await receive(c, async ({ content, read }) => {
      const request = { gatewayParty: deps.config.GATEWAY_PARTY, idempotencyKey };
      const accepting = content.bytes
        ? acceptInterchange(c.var.ctx, { bytes: content.bytes, ...request })
        : acceptLarge(c.var.ctx, { content, read, ...request });
      return await countingRefusals(deps, accepting);
    });
    if ("refused" in accepted) return countRefusal(deps, accepted.refused);
    const { interchange, isReplay, hasWork, repeatedReceipts } = accepted;
    const seconds = (performance.now() - started) / 1000;
    countAcceptance(deps, { interchange, isReplay, repeatedReceipts, seconds });
    if (!isReplay && !interchange.duplicate) traceAcceptance(c, deps, interchange, startedAt);
    if (hasWork) deps.announce();
    const wait = preferredWait(c.req.header("prefer"));
    const { shown, hasWaited } =
      wait === undefined
        ? { shown: interchange, hasWaited: false }
        : await withFirstOutcome(c, deps, interchange, wait);
    return c.json(shown, 202, {
      ...(hasWaited && { "Preference-Applied": `wait=${wait}` }),
      Location: `/v1/interchanges/${interchange.id}`,
      ...noStore,
      ...(isReplay && { "Idempotent-Replayed": "true" }),
    });
  });
  app.openapi(checkRoute, async (c) => {
    const report = await receive(
      c,
      async ({ content, read, asSent }) => await checkInterchange(c.var.ctx, { content, read, asSent }),
      "everything",
    );
    if ("refused" in report) return report.refused as never;
    return c.json(report, 200, noStore);
  });
  return app;
}

function traceAcceptance(
  c: Context<AppEnv>,
  { tracing }: Deps,
  interchange: z.infer<typeof AcceptedInterchange>,
  startedAt: Date,
): void {
  for (const interchangeId of interchangesOf(interchange)) {
    tracing?.takenIn({
      interchangeId,
      startedAt,
      format: interchange.format,
      sizeBytes: interchange.sizeBytes,
      messageCount: interchange.messages.length,
      requestTraceparent: c.var.traceparent,
    });
  }
}

/** Sending: submit, check without sending, and follow what was sent. */
export function interchanges(deps: Deps, limiter: Limiter) {
  const app = newRouter();
  app.route("/", sending(deps, limiter));
  app.openapi(listRoute, async (c) => {
    const { count, ...filter } = c.req.valid("query");
    const { page, link } = carriedPage(c, await listInterchanges(c.var.ctx, filter));
    const counted = count && (await countInterchanges(c.var.ctx, { filter, count }));
    return c.json({ ...page, ...counted }, 200, { ...noStore, ...link });
  });

  app.openapi(getRoute, async (c) =>
    c.json(await getInterchange(c.var.ctx, c.req.valid("param")), 200, noStore),
  );

  app.openapi(payloadRoute, async (c) => {
    const which = c.req.valid("param");
    return await payloadAnswer(c, deps, {
      open: (ctx) => openInterchangePayload(ctx, which),
      require: (ctx) => getInterchange(ctx, which),
    });
  });

  app.openapi(receiptsRoute, async (c) =>
    c.json({ items: await listReceipts(c.var.ctx, c.req.valid("param")) }, 200, noStore),
  );
  return app;
}
