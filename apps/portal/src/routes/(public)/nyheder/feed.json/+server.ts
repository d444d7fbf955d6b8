import { newsJson } from "@sor/core/news";
import { answerNews } from "#lib/server/publications/news-feed.ts";
import type { RequestHandler } from "./$types";

/** The news as JSON Feed. */
export const GET: RequestHandler = (event) =>
  answerNews(event, {
    ...{ path: "/nyheder/feed.json", type: "application/feed+json; charset=utf-8" },
    write: newsJson,
  });
