import { atomDocument, htmlText, jsonFeedDocument, rssDocument } from "../markup/index.ts";
import { formatDanishDay } from "../validity/index.ts";
import type { PublicArticle } from "./read-articles.ts";

/** How many articles a feed has at most. */
export const newsFeedMost = 50;

type FeedAddress = {
  /** Public address of the portal, without a trailing slash; never taken from a request. */
  origin: string;
  /** Path and query of this variant of the feed. */
  selfPath: string;
  /** The tag that it is narrowed to. */
  tag: string | undefined;
};

const description = "Nyheder om SOR: ændringer af registeret, filer, tjenester og meddelelser";
const changeOf = ({ publishAt, changedAt }: PublicArticle) => (changedAt > publishAt ? changedAt : publishAt);

/** When the content of a feed last changed; undefined for an empty one. */
export const newestNews = (articles: readonly PublicArticle[]): Date | undefined =>
  articles.map(changeOf).reduce<Date | undefined>((a, b) => (a && a >= b ? a : b), undefined);

function entryOf(article: PublicArticle, origin: string) {
  const link = `${origin}/nyheder/${article.slug}`;
  const corrections = article.corrections.map(
    ({ at, text }) => `<p>Rettet ${formatDanishDay(at)}: ${htmlText(text)}</p>`,
  );
  return {
    id: `urn:uuid:${article.id}`,
    title: article.title,
    link,
    publishedAt: article.publishAt,
    changedAt: changeOf(article),
    categories: ["Nyheder", ...article.tags],
    html: `<p>${htmlText(article.summary)}</p>${corrections.join("")}<p><a href="${htmlText(link)}">Læs nyheden</a></p>`,
  };
}

function feedOf(articles: readonly PublicArticle[], { origin, selfPath, tag }: FeedAddress) {
  return {
    title: tag === undefined ? "Nyheder om SOR" : `Nyheder om SOR - ${tag}`,
    link: `${origin}/nyheder`,
    self: origin + selfPath,
    changedAt: newestNews(articles),
    entries: articles.map((article) => entryOf(article, origin)),
  };
}

/** The articles as RSS 2.0, newest first; the same content gives the same bytes. */
export function newsRss(articles: readonly PublicArticle[], address: FeedAddress): string {
  const { entries, ...feed } = feedOf(articles, address);
  return rssDocument({
    ...feed,
    description,
    items: entries.map(({ id, ...item }) => ({ ...item, guid: id })),
  });
}

/** The articles as Atom, with the ids of the RSS feed. */
export function newsAtom(articles: readonly PublicArticle[], address: FeedAddress): string {
  const feed = feedOf(articles, address);
  return atomDocument({ ...feed, id: feed.self, author: "SOR", changedAt: feed.changedAt ?? new Date(0) });
}

/** The articles as JSON Feed 1.1, with the ids of the RSS feed. */
export const newsJson = (articles: readonly PublicArticle[], address: FeedAddress): string =>
  jsonFeedDocument({ ...feedOf(articles, address), author: "SOR" });
