import { calendarDocument } from "@sor/core/markup";
import { answerFeed } from "#lib/server/feed-answer.ts";
import { readQuery } from "#lib/server/queries.ts";
import { ComingQuery, readComingFeed } from "../coming.ts";
import type { RequestHandler } from "./$types";

/** The coming changes as a calendar, narrowed as the page is. */
export const GET: RequestHandler = (event) =>
  answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const query = readQuery(ComingQuery.omit({ after: true }), event.url);
    const { title, items, changedAt } = await readComingFeed(ctx, query, config.origin);
    const body = calendarDocument({ name: title, days: items });
    return { body, changedAt, type: "text/calendar; charset=utf-8", isKept: query.under === undefined };
  });
