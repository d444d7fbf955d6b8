import { newsRss } from "@sor/core/news";
import { answerNews } from "#lib/server/publications/news-feed.ts";
import type { RequestHandler } from "./$types";

/** The news as RSS. */
export const GET: RequestHandler = (event) => answerNews(event, { path: "/nyheder/rss.xml", write: newsRss });
