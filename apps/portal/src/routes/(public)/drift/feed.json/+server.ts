import { jsonFeed } from "@sor/core/status";
import { answerNotices } from "#lib/server/subscriptions/notice-feed.ts";
import type { RequestHandler } from "./$types";

const type = "application/feed+json; charset=utf-8";

/** The notices as JSON Feed. */
export const GET: RequestHandler = (event) =>
  answerNotices(event, { path: "/drift/feed.json", type, write: jsonFeed });
