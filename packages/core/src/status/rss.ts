import { formatDanishInstant } from "../validity/index.ts";
import { type FeedEntry, newestChange } from "./feed-entries.ts";
import { kindNamesDa, kindSlugs, stateNamesDa } from "./wording.ts";

export type FeedAddress = {
  /** Public address of the portal, without a trailing slash; never taken from a request. */
  origin: string;
  /** Path and query of this variant of the feed. */
  selfPath: string;
  /** The filter of the variant, in Danish; empty for the whole feed. */
  narrowedTo?: string | undefined;
};

/** Removes what XML 1.0 forbids: control characters but tab and line ends, lone surrogates, non-characters. */
function strip(text: string): string {
  return text.toWellFormed().replace(/[[\p{Cc}--[\t\n\r]]\ufffe\uffff]/gv, "");
}

/**
 * Escapes text for an element or attribute of a feed. Validators warn about &amp; in titles, so numeric references are used (rule
 * F15).
 */
export function xmlText(text: string): string {
  return strip(text)
    .replaceAll("&", "&#x26;")
    .replaceAll("<", "&#x3C;")
    .replaceAll(">", "&#x3E;")
    .replaceAll('"', "&#x22;");
}

function html(text: string): string {
  return strip(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** One update as safe HTML: paragraphs, the services, and the planned times with year and "kl.". */
export function entryHtml(entry: FeedEntry): string {
  const paragraphs = strip(entry.text)
    .split(/\r?\n\s*\r?\n/)
    .map((paragraph) => `<p>${html(paragraph.trim()).replaceAll(/\r?\n/g, "<br>")}</p>`)
    .join("");
  const services = entry.services.map((service) => html(service.nameDa)).join(", ");
  const planned =
    entry.plannedStart && entry.plannedEnd
      ? `<p>Planlagt: ${formatDanishInstant(entry.plannedStart)} til ${formatDanishInstant(entry.plannedEnd)}</p>`
      : "";
  return `${paragraphs}${planned}<p>Berører: ${services}</p><p>Opdateret: ${formatDanishInstant(entry.publishedAt)}</p>`;
}

/** Title of an update: its state, then the notice's title. */
export function entryTitle(entry: FeedEntry): string {
  return `[${stateNamesDa[entry.state]}] ${entry.title}`;
}

function item(entry: FeedEntry, origin: string): string {
  const serviceDomain = `${origin}/drift`;
  return [
    "<item>",
    `<title>${xmlText(entryTitle(entry))}</title>`,
    `<link>${xmlText(`${origin}/drift/${entry.noticeId}#opdatering-${entry.number}`)}</link>`,
    `<guid isPermaLink="false">urn:uuid:${entry.id}</guid>`,
    `<pubDate>${entry.publishedAt.toUTCString()}</pubDate>`,
    ...entry.services.map(
      (service) => `<category domain="${xmlText(serviceDomain)}">${xmlText(service.nameDa)}</category>`,
    ),
    `<category>${xmlText(kindNamesDa[entry.kind])}</category>`,
    `<category>${xmlText(stateNamesDa[entry.state])}</category>`,
    `<description>${xmlText(entryHtml(entry))}</description>`,
    "</item>",
  ].join("\n");
}

/** The notices as RSS 2.0 by rules F1 to F22 of our feeds; the same content gives the same bytes. */
export function rssFeed(entries: readonly FeedEntry[], address: FeedAddress): string {
  const { origin } = address;
  const changed = newestChange(entries);
  const title = address.narrowedTo ? `Driftsbeskeder - ${address.narrowedTo}` : "Driftsbeskeder";
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">',
    "<channel>",
    `<title>${xmlText(title)}</title>`,
    `<link>${xmlText(`${origin}/drift`)}</link>`,
    "<description>Hændelser, servicevinduer og information om driften af SOR, SOR-EDI og EDI-gatewayen</description>",
    "<language>da</language>",
    `<atom:link rel="self" type="application/rss+xml" href="${xmlText(origin + address.selfPath)}"/>`,
    ...(changed ? [`<lastBuildDate>${changed.toUTCString()}</lastBuildDate>`] : []),
    "<ttl>15</ttl>",
    "<docs>https://www.rssboard.org/rss-specification</docs>",
    ...entries.map((entry) => item(entry, origin)),
    "</channel>",
    "</rss>",
    "",
  ].join("\n");
}

/** The kind of a slug (`servicevindue`), or undefined. */
export function kindOfSlug(slug: string): keyof typeof kindSlugs | undefined {
  return (Object.keys(kindSlugs) as (keyof typeof kindSlugs)[]).find((kind) => kindSlugs[kind] === slug);
}
