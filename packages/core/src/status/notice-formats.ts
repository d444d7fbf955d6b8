import { atomDocument } from "../markup/index.ts";
import { type FeedEntry, newestChange } from "./feed-entries.ts";
import { entryHtml, entryTitle, type FeedAddress } from "./rss.ts";
import { kindNamesDa, stateNamesDa } from "./wording.ts";

const author = "SOR";
const idOf = ({ id }: Pick<FeedEntry, "id">) => `urn:uuid:${id}`;
const linkOf = ({ noticeId, number }: Pick<FeedEntry, "noticeId" | "number">, origin: string) =>
  `${origin}/drift/${noticeId}#opdatering-${number}`;
const titleOf = (narrowedTo: string | undefined) =>
  narrowedTo ? `Driftsbeskeder - ${narrowedTo}` : "Driftsbeskeder";
const tagsOf = (entry: FeedEntry) => [
  ...entry.services.map(({ nameDa }) => nameDa),
  kindNamesDa[entry.kind],
  stateNamesDa[entry.state],
];

/** The notices as Atom by rules F23 to F26; entries have the ids of the RSS feed, and later ones refer to the first of their notice. */
export function atomFeed(
  entries: readonly FeedEntry[],
  { origin, selfPath, narrowedTo }: FeedAddress,
): string {
  const firstOf = new Map(
    entries.filter(({ number }) => number === 1).map((entry) => [entry.noticeId, entry]),
  );
  return atomDocument({
    id: origin + selfPath,
    title: titleOf(narrowedTo),
    link: `${origin}/drift`,
    self: origin + selfPath,
    author,
    changedAt: newestChange(entries) ?? new Date(0),
    entries: entries.map((entry) => {
      const first = firstOf.get(entry.noticeId);
      const isFirst = first === undefined || first.id === entry.id;
      return {
        id: idOf(entry),
        title: entryTitle(entry),
        link: linkOf(entry, origin),
        publishedAt: entry.publishedAt,
        changedAt: entry.changedAt,
        categories: tagsOf(entry),
        html: entryHtml(entry),
        replyTo: isFirst ? undefined : { id: idOf(first), link: linkOf(first, origin) },
      };
    }),
  });
}

/** The notices as JSON Feed 1.1, with the ids of the RSS feed. */
export function jsonFeed(
  entries: readonly FeedEntry[],
  { origin, selfPath, narrowedTo }: FeedAddress,
): string {
  const feed = {
    version: "https://jsonfeed.org/version/1.1",
    title: titleOf(narrowedTo),
    home_page_url: `${origin}/drift`,
    feed_url: origin + selfPath,
    language: "da",
    authors: [{ name: author }],
    items: entries.map((entry) => ({
      id: idOf(entry),
      url: linkOf(entry, origin),
      title: entryTitle(entry),
      content_html: entryHtml(entry),
      date_published: entry.publishedAt.toISOString(),
      date_modified: entry.changedAt.toISOString(),
      tags: tagsOf(entry),
    })),
  };
  return `${JSON.stringify(feed)}\n`;
}
