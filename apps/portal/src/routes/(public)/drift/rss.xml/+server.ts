import { rssFeed } from "@sor/core/status";
import { answerNotices } from "#lib/server/subscriptions/notice-feed.ts";
import type { RequestHandler } from "./$types";

/** The notices as RSS. */
export const GET: RequestHandler = (event) =>
  answerNotices(event, { path: "/drift/rss.xml", write: rssFeed });
