import { listFeedNotices, windowsCalendar } from "@sor/core/status";
import { answerFeed } from "#lib/server/feed-answer.ts";
import type { RequestHandler } from "./$types";

const type = "text/calendar; charset=utf-8";

/** The service windows as a calendar to subscribe to. */
export const GET: RequestHandler = (event) =>
  answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const windows = await listFeedNotices(ctx, { kind: "window" });
    const changedAt = windows.map(({ updatedAt }) => updatedAt).sort((a, b) => b.getTime() - a.getTime())[0];
    return { body: windowsCalendar(windows, config.origin), changedAt, type };
  });
