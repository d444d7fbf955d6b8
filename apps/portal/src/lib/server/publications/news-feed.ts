import {
  listNews,
  NewsFilter,
  newestNews,
  newsFeedMost,
  type newsRss,
  readNewsArchive,
} from "@sor/core/news";
import { answerFeed } from "../feed-answer.ts";

type Event = Parameters<typeof answerFeed>[0];

/** Answers the articles in one format, narrowed by `?emne=`; an unknown tag is a 400, never the whole feed. */
export function answerNews(
  event: Event,
  { path, type, write }: { path: string; type?: string; write: typeof newsRss },
): Promise<Response> {
  return answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const query = event.url.searchParams;
    if ([...query.keys()].some((name) => name !== "emne")) return { fault: "Ukendt parameter. Kendt: emne." };
    const { success, data } = NewsFilter.pick({ emne: true }).safeParse(Object.fromEntries(query));
    const tag = success ? data.emne : undefined;
    const isKnown = tag !== undefined && (await readNewsArchive(ctx)).tags.some((each) => each.tag === tag);
    if (query.has("emne") && !isKnown) return { fault: "Ukendt emne. Se /nyheder." };
    const { items } = await listNews(ctx, { limit: newsFeedMost, tag });
    const selfPath = `${path}${tag === undefined ? "" : `?${new URLSearchParams({ emne: tag })}`}`;
    const body = write(items, { origin: config.origin, selfPath, tag });
    return { body, changedAt: newestNews(items), ...(type !== undefined && { type }) };
  });
}
