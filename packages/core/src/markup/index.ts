/** Writes XML, RSS and calendars, reads XML, and escapes text for HTML, whatever characters the text holds. */

// Atom by the rules of our feeds.
export { atomDocument } from "./atom.ts";
// A calendar of days and spans of time by RFC 5545.
export { calendarDocument } from "./calendar.ts";
// Text inside an element or a quoted attribute of HTML, and inside an element of XML.
export { htmlText, xmlText } from "./characters.ts";
// JSON Feed 1.1.
export { jsonFeedDocument } from "./json-feed.ts";
// A whole XML document as a tree, within limits and without document types.
export { childOf, readXml, type XmlTree } from "./read-xml.ts";
export type { RssChannel, RssItem } from "./rss.ts";
// RSS 2.0 by the rules of our feeds.
export { rssDocument } from "./rss.ts";
export type { XmlAttributes, XmlElement, XmlNode } from "./xml-writer.ts";
// An XML document, in one piece or piece by piece.
export { element, XmlWriter, xmlDocument } from "./xml-writer.ts";
