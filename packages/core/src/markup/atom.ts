import { element, type XmlElement, xmlDocument } from "./xml-writer.ts";

/** One entry; `html` is safe HTML. The id never changes; `replyTo` is the id of the entry that it continues. */
type AtomEntry = {
  id: string;
  title: string;
  link: string;
  publishedAt: Date;
  changedAt: Date;
  categories: readonly string[];
  html: string;
  replyTo?: { id: string; link: string } | undefined;
};

/** A feed in Danish. `self` is its own public address, never taken from a request; `link` the page about the same. */
type AtomFeed = {
  id: string;
  title: string;
  link: string;
  self: string;
  author: string;
  /** When its content last changed; for an empty feed, when it could first have had content. */
  changedAt: Date;
  entries: readonly AtomEntry[];
};

const alternate = (href: string) => element("link", "", { rel: "alternate", type: "text/html", href });

function entryElement({
  id,
  title,
  link,
  publishedAt,
  changedAt,
  categories,
  html,
  replyTo,
}: AtomEntry): XmlElement {
  return element("entry", [
    element("id", id),
    element("title", title, { type: "text" }),
    alternate(link),
    replyTo && element("thr:in-reply-to", "", { ref: replyTo.id, href: replyTo.link, type: "text/html" }),
    element("published", publishedAt.toISOString()),
    element("updated", changedAt.toISOString()),
    ...categories.map((term) => element("category", "", { term })),
    element("content", html, { type: "html" }),
  ]);
}

/** A feed as Atom (RFC 4287) by rules F23 to F26 of our feeds; the same content gives the same bytes. */
export function atomDocument({ id, title, link, self, author, changedAt, entries }: AtomFeed): string {
  return xmlDocument(
    element(
      "feed",
      [
        element("id", id),
        element("title", title, { type: "text" }),
        element("updated", changedAt.toISOString()),
        element("author", [element("name", author)]),
        element("link", "", { rel: "self", type: "application/atom+xml", href: self }),
        alternate(link),
        ...entries.map(entryElement),
      ],
      {
        xmlns: "http://www.w3.org/2005/Atom",
        "xmlns:thr": "http://purl.org/syndication/thread/1.0",
        "xml:lang": "da",
      },
    ),
  );
}
