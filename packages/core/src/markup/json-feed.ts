/** A feed as JSON Feed 1.1 in Danish. `self` is its own public address; ids never change, `html` is safe HTML. */
export function jsonFeedDocument(feed: {
  title: string;
  link: string;
  self: string;
  author: string;
  entries: readonly {
    id: string;
    title: string;
    link: string;
    publishedAt: Date;
    changedAt: Date;
    categories: readonly string[];
    html: string;
  }[];
}): string {
  const document = {
    version: "https://jsonfeed.org/version/1.1",
    title: feed.title,
    home_page_url: feed.link,
    feed_url: feed.self,
    language: "da",
    authors: [{ name: feed.author }],
    items: feed.entries.map((entry) => ({
      id: entry.id,
      url: entry.link,
      title: entry.title,
      content_html: entry.html,
      date_published: entry.publishedAt.toISOString(),
      date_modified: entry.changedAt.toISOString(),
      tags: entry.categories,
    })),
  };
  return `${JSON.stringify(document)}\n`;
}
