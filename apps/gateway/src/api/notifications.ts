import { createRoute } from "@hono/zod-openapi";
import type { Context } from "@sor/core";
import { requireMailbox } from "@sor/core/deliveries";
import { findVisibility, MailboxOwner } from "@sor/core/messages";
import {
  NotificationPage,
  NotificationQuestion,
  readMailboxNotices,
  readNotifications,
  StreamQuestion,
} from "@sor/core/tracking";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { newRouter } from "../http/router.ts";
import { eventStream } from "../streams/event-stream.ts";
import { feedClock } from "../streams/feed-clock.ts";
import { type Waiting, whileWaiting } from "../streams/long-poll.ts";
import { json, noStore, refusedReading, security } from "./shared.ts";

const lastEventId = z.object({
  "last-event-id": z.string().max(200).optional().meta({ description: "Continue after this event" }),
});
const eventsAnswer = {
  description: "Server-sent events; `id` is the offset, `data` a Notification, a comment every 15 seconds",
  content: { "text/event-stream": { schema: z.string() } },
};
const streamed = { security, middleware: [requireKey] };

const feedRoute = createRoute({
  method: "get",
  path: "/v1/notifications",
  summary: "Events of the caller's messages after an offset",
  description:
    "Events are in a stable order: none is inserted before what was already read. Continue with after=next: no event is missed or repeated. An offset is refused with 410 after the database was restored from an older copy: `begin` is the offset up to which earlier reads are still valid.",
  tags: ["notifications"],
  security,
  middleware: [requireKey] as const,
  request: { query: NotificationQuestion },
  responses: {
    200: json("Events, oldest first", NotificationPage),
    ...refusedReading("offset-gone"),
  },
});

const streamRoute = createRoute({
  method: "get",
  path: "/v1/notifications/stream",
  summary: "The same events as they happen (server-sent events)",
  description:
    "Continues after `Last-Event-ID`. Ends after a quarter of an hour: reconnect with the last id.",
  tags: ["notifications"],
  ...streamed,
  request: { query: StreamQuestion, headers: lastEventId },
  responses: { 200: eventsAnswer, ...refusedReading("offset-gone") },
});

const mailboxRoute = createRoute({
  method: "get",
  path: "/v1/mailboxes/{gln}/stream",
  summary: "Notifies when a delivery arrives in a mailbox (server-sent events)",
  description: "Continues after `Last-Event-ID`. Fetch the deliveries from the mailbox as usual.",
  tags: ["mailboxes"],
  ...streamed,
  request: { params: z.object({ gln: MailboxOwner }), query: StreamQuestion, headers: lastEventId },
  responses: { 200: eventsAnswer, ...refusedReading("offset-gone") },
});

const pageRows = 100;

/** Message events: read by offset, or streamed as they happen. Each side sees only its own. */
export function notifications(deps: Deps) {
  const app = newRouter();
  app.openapi(feedRoute, async (c) => {
    const { wait, limit, after } = c.req.valid("query");
    const count = feedClock(deps).count();
    const page = await readNotifications(c.var.ctx, { after, limit });
    if (page.items.length > 0 || wait === 0) return c.json(page, 200, noStore);
    const waited = await whileWaiting(c, deps, findVisibility, (waiting) =>
      nextPage(deps, { page, limit, count, seconds: wait, waiting }),
    );
    if ("refused" in waited) return waited.refused as never;
    return c.json(waited.result, 200, noStore);
  });
  app.openapi(streamRoute, async (c) => {
    const after = c.req.valid("header")["last-event-id"] ?? c.req.valid("query").after;
    const read = (ctx: Context, from: string | undefined) =>
      readNotifications(ctx, { after: from, limit: pageRows });
    return (await eventStream(c, deps, { after, require: findVisibility, read })) as never;
  });
  app.openapi(mailboxRoute, async (c) => {
    const { gln } = c.req.valid("param");
    const after = c.req.valid("header")["last-event-id"] ?? c.req.valid("query").after;
    const read = (ctx: Context, from: string | undefined) =>
      readMailboxNotices(ctx, { gln, after: from, limit: pageRows });
    return (await eventStream(c, deps, { after, require: (ctx) => requireMailbox(ctx, gln), read })) as never;
  });
  return app;
}

type Asked = { page: NotificationPage; limit: number; count: number; seconds: number; waiting: Waiting };

/** The first page with an event, or the last page read when the time is over. */
async function nextPage(
  deps: Deps,
  { page, limit, count, seconds, waiting }: Asked,
): Promise<NotificationPage> {
  const clock = feedClock(deps);
  const end = performance.now() + seconds * 1000;
  let [read, seen] = [page, count];
  while (read.items.length === 0 && performance.now() < end && !waiting.signal.aborted) {
    if (read.isEnd) await clock.changedSince(seen, end - performance.now(), waiting.signal);
    seen = clock.count();
    read = await readNotifications(waiting.context(), { after: read.next, limit });
  }
  return read;
}
