import { newsAtom } from "@sor/core/news";
import { answerNews } from "#lib/server/publications/news-feed.ts";
import type { RequestHandler } from "./$types";

/** The news as Atom. */
export const GET: RequestHandler = (event) =>
  answerNews(event, {
    ...{ path: "/nyheder/atom.xml", type: "application/atom+xml; charset=utf-8" },
    write: newsAtom,
  });
