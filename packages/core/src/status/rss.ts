import { htmlText, type RssItem, rssDocument } from "../markup/index.ts";
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

/** One update as safe HTML: paragraphs, the services, and the planned times with year and "kl.". */
export function entryHtml(entry: FeedEntry): string {
  const paragraphs = entry.text
    .split(/\r?\n\s*\r?\n/)
    .map((paragraph) => `<p>${htmlText(paragraph.trim()).replaceAll(/\r?\n/g, "<br>")}</p>`)
    .join("");
  const services = entry.services.map((service) => htmlText(service.nameDa)).join(", ");
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

function item(entry: FeedEntry, origin: string): RssItem {
  return {
    title: entryTitle(entry),
    link: `${origin}/drift/${entry.noticeId}#opdatering-${entry.number}`,
    guid: `urn:uuid:${entry.id}`,
    publishedAt: entry.publishedAt,
    categories: [
      ...entry.services.map((service) => ({ domain: `${origin}/drift`, name: service.nameDa })),
      kindNamesDa[entry.kind],
      stateNamesDa[entry.state],
    ],
    html: entryHtml(entry),
  };
}

/** The notices as RSS 2.0 by rules F1 to F22 of our feeds; the same content gives the same bytes. */
export function rssFeed(entries: readonly FeedEntry[], address: FeedAddress): string {
  const { origin, selfPath, narrowedTo } = address;
  return rssDocument({
    title: narrowedTo ? `Driftsbeskeder - ${narrowedTo}` : "Driftsbeskeder",
    link: `${origin}/drift`,
    description: "Hændelser, servicevinduer og information om driften af SOR, SOR-EDI og EDI-gatewayen",
    self: origin + selfPath,
    changedAt: newestChange(entries),
    items: entries.map((entry) => item(entry, origin)),
  });
}

/** The kind of a slug (`servicevindue`), or undefined. */
export function kindOfSlug(slug: string): keyof typeof kindSlugs | undefined {
  return (Object.keys(kindSlugs) as (keyof typeof kindSlugs)[]).find((kind) => kindSlugs[kind] === slug);
}
