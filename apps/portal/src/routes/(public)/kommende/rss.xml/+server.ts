import { rssDocument } from "@sor/core/markup";
import { answerFeed } from "#lib/server/feed-answer.ts";
import { readQuery } from "#lib/server/queries.ts";
import { ComingQuery, feedQuery, readComingFeed } from "../coming.ts";
import type { RequestHandler } from "./$types";

/** The coming changes as RSS, narrowed as the page is. */
export const GET: RequestHandler = (event) =>
  answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const query = readQuery(ComingQuery.omit({ after: true }), event.url);
    const { title, items, changedAt } = await readComingFeed(ctx, query, config.origin);
    const variant = `/kommende/rss.xml${feedQuery(query)}`;
    const body = rssDocument({
      title,
      link: `${config.origin}/kommende${feedQuery(query)}`,
      description: "Det, der begynder, ændres og ophører i registret, de nærmeste dage først",
      self: config.origin + variant,
      changedAt,
      items: items.map((item) => ({
        title: `${item.day}: ${item.title}`,
        link: item.address,
        guid: item.uid,
        publishedAt: item.changedAt,
        categories: [],
        html: "",
      })),
    });
    return { body, changedAt, isKept: query.under === undefined };
  });
