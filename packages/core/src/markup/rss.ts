import { element, type XmlElement, xmlDocument } from "./xml-writer.ts";

/** One item; `html` is safe HTML. A category is a name, or a name within a domain (an address). */
export type RssItem = {
  title: string;
  link: string;
  /** An identifier that never changes; not an address. */
  guid: string;
  publishedAt: Date;
  categories: readonly (string | { domain: string; name: string })[];
  html: string;
};

/** A feed in Danish. `self` is its own public address, never taken from a request. */
export type RssChannel = {
  title: string;
  link: string;
  description: string;
  self: string;
  /** When its content last changed; undefined for an empty feed. */
  changedAt: Date | undefined;
  items: readonly RssItem[];
};

function category(named: RssItem["categories"][number]): XmlElement {
  return typeof named === "string"
    ? element("category", named)
    : element("category", named.name, { domain: named.domain });
}

function itemElement(item: RssItem): XmlElement {
  return element("item", [
    element("title", item.title),
    element("link", item.link),
    element("guid", item.guid, { isPermaLink: "false" }),
    element("pubDate", item.publishedAt.toUTCString()),
    ...item.categories.map(category),
    element("description", item.html),
  ]);
}

/** A feed as RSS 2.0 by rules F1 to F22 of our feeds; the same content gives the same bytes. */
export function rssDocument({ title, link, description, self, changedAt, items }: RssChannel): string {
  const channel = element("channel", [
    element("title", title),
    element("link", link),
    element("description", description),
    element("language", "da"),
    element("atom:link", "", { rel: "self", type: "application/rss+xml", href: self }),
    element("lastBuildDate", changedAt?.toUTCString()),
    element("ttl", "15"),
    element("docs", "https://www.rssboard.org/rss-specification"),
    ...items.map(itemElement),
  ]);
  return xmlDocument(
    element("rss", [channel], { version: "2.0", "xmlns:atom": "http://www.w3.org/2005/Atom" }),
  );
}
