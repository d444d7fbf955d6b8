import { and, desc, eq, inArray, ne } from "drizzle-orm";
import type { Context } from "../context.ts";
import { endpoints } from "../endpoints/tables.ts";
import { xmlText } from "../status/index.ts";
import { formatDanishInstant } from "../validity/index.ts";
import { portalLink } from "./compose-message.ts";
import { isMeantFor } from "./is-meant-for.ts";
import { alertView } from "./list-alerts.ts";
import { hashOf } from "./outbox.ts";
import type { AlertView } from "./schemas.ts";
import { alertIncidents, alertSubscriptions } from "./tables.ts";
import { kindTitles } from "./wording.ts";

const itemsMost = 100;
const readMost = 1000;

/** The incidents of a feed by the token in its address, the latest first; undefined when there is no such feed. */
export async function findAlertFeed(
  ctx: Context,
  input: { token: string },
): Promise<{ name: string; alerts: AlertView[] } | undefined> {
  const isThis = and(
    eq(alertSubscriptions.channel, "feed"),
    eq(alertSubscriptions.secretHash, hashOf(input.token)),
    eq(alertSubscriptions.state, "active"),
  );
  const [feed] = await ctx.db.select().from(alertSubscriptions).where(isThis);
  if (!feed) return undefined;
  const { supplierId, kind } = alertIncidents;
  const rows = await ctx.db
    .select({ incident: alertIncidents, endpointName: endpoints.name })
    .from(alertIncidents)
    .leftJoin(endpoints, eq(endpoints.id, alertIncidents.endpointId))
    .where(
      and(
        ne(alertIncidents.state, "pending"),
        feed.supplierId === null ? undefined : eq(supplierId, feed.supplierId),
        feed.kinds.length === 0 ? undefined : inArray(kind, feed.kinds),
      ),
    )
    .orderBy(desc(alertIncidents.openedAt), desc(alertIncidents.id))
    .limit(readMost);
  const alerts = rows
    .filter(({ incident }) => isMeantFor(feed, incident))
    .slice(0, itemsMost)
    .map(alertView);
  return { name: feed.name, alerts };
}

type Item = { alert: AlertView; phase: "opened" | "closed"; at: Date };

function itemsOf(alerts: readonly AlertView[]): Item[] {
  return alerts
    .flatMap((alert): Item[] => [
      { alert, phase: "opened", at: new Date(alert.openedAt) },
      ...(alert.closedAt === null ? [] : [{ alert, phase: "closed" as const, at: new Date(alert.closedAt) }]),
    ])
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, itemsMost);
}

function itemXml({ alert, phase, at }: Item, portalOrigin: string): string {
  const title = `[${phase === "opened" ? "Alarm" : "Løst"}] ${kindTitles[alert.kind].da}`;
  const sentences =
    phase === "opened" ? [alert.textDa, alert.textEn] : [`${kindTitles[alert.kind].da}: løst.`];
  const lines = [...sentences, `Siden: ${formatDanishInstant(new Date(alert.openedAt))}`];
  const html = lines
    .map((line) => `<p>${line.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</p>`)
    .join("");
  return [
    "<item>",
    `<title>${xmlText(title)}</title>`,
    `<link>${xmlText(portalLink(portalOrigin, alert))}</link>`,
    `<guid isPermaLink="false">urn:uuid:${alert.id}#${phase}</guid>`,
    `<pubDate>${at.toUTCString()}</pubDate>`,
    `<category>${alert.kind}</category>`,
    `<category>${alert.severity}</category>`,
    `<description>${xmlText(html)}</description>`,
    "</item>",
  ].join("\n");
}

/** Incidents as RSS 2.0 like our other feeds; the same incidents give the same bytes. Without names or numbers of locations. */
export function alertRss(
  feed: { name: string; alerts: readonly AlertView[] },
  address: { portalOrigin: string; self: string },
): string {
  const items = itemsOf(feed.alerts);
  const [newest] = items;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">',
    "<channel>",
    `<title>${xmlText(`Alarmer - ${feed.name}`)}</title>`,
    `<link>${xmlText(`${address.portalOrigin}/start`)}</link>`,
    "<description>Alarmer fra SOR EDI-gatewayen</description>",
    "<language>da</language>",
    `<atom:link rel="self" type="application/rss+xml" href="${xmlText(address.self)}"/>`,
    ...(newest ? [`<lastBuildDate>${newest.at.toUTCString()}</lastBuildDate>`] : []),
    "<ttl>15</ttl>",
    "<docs>https://www.rssboard.org/rss-specification</docs>",
    ...items.map((item) => itemXml(item, address.portalOrigin)),
    "</channel>",
    "</rss>",
    "",
  ].join("\n");
}
