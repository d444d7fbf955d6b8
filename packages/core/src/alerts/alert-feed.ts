import { and, desc, eq, inArray, ne } from "drizzle-orm";
import type { Context } from "../context.ts";
import { endpoints } from "../endpoints/tables.ts";
import { htmlText, type RssItem, rssDocument } from "../markup/index.ts";
import { hashOf } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { formatDanishInstant } from "../validity/index.ts";
import { portalLink } from "./compose-message.ts";
import { isMeantFor } from "./is-meant-for.ts";
import { alertView } from "./list-alerts.ts";
import { type AlertView, alertWishes } from "./schemas.ts";
import { alertIncidents } from "./tables.ts";
import { kindTitles } from "./wording.ts";

const itemsMost = 100;
const readMost = 1000;

/** The incidents of a feed by the token in its address, the latest first; undefined when there is no such feed. */
export async function findAlertFeed(
  ctx: Context,
  input: { token: string },
): Promise<{ name: string; alerts: AlertView[] } | undefined> {
  const isThis = and(
    eq(subscriptions.channel, "feed"),
    eq(subscriptions.secretHash, hashOf(input.token)),
    eq(subscriptions.state, "active"),
  );
  const [feed] = await ctx.db.select().from(subscriptions).where(isThis);
  if (!feed) return undefined;
  const wishes = { supplierId: feed.supplierId, ...alertWishes(feed) };
  const { supplierId, kind } = alertIncidents;
  const rows = await ctx.db
    .select({ incident: alertIncidents, endpointName: endpoints.name })
    .from(alertIncidents)
    .leftJoin(endpoints, eq(endpoints.id, alertIncidents.endpointId))
    .where(
      and(
        ne(alertIncidents.state, "pending"),
        feed.supplierId === null ? undefined : eq(supplierId, feed.supplierId),
        wishes.kinds.length === 0 ? undefined : inArray(kind, wishes.kinds),
      ),
    )
    .orderBy(desc(alertIncidents.openedAt), desc(alertIncidents.id))
    .limit(readMost);
  const alerts = rows
    .filter(({ incident }) => isMeantFor(wishes, incident))
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

function rssItem({ alert, phase, at }: Item, portalOrigin: string): RssItem {
  const sentences =
    phase === "opened" ? [alert.textDa, alert.textEn] : [`${kindTitles[alert.kind].da}: løst.`];
  const lines = [...sentences, `Siden: ${formatDanishInstant(new Date(alert.openedAt))}`];
  return {
    title: `[${phase === "opened" ? "Alarm" : "Løst"}] ${kindTitles[alert.kind].da}`,
    link: portalLink(portalOrigin, alert),
    guid: `urn:uuid:${alert.id}#${phase}`,
    publishedAt: at,
    categories: [alert.kind, alert.severity],
    html: lines.map((line) => `<p>${htmlText(line)}</p>`).join(""),
  };
}

/** Incidents as RSS 2.0 like our other feeds; the same incidents give the same bytes. Without names or numbers of locations. */
export function alertRss(
  feed: { name: string; alerts: readonly AlertView[] },
  address: { portalOrigin: string; self: string },
): string {
  const items = itemsOf(feed.alerts);
  return rssDocument({
    title: `Alarmer - ${feed.name}`,
    link: `${address.portalOrigin}/start`,
    description: "Alarmer fra SOR EDI-gatewayen",
    self: address.self,
    changedAt: items[0]?.at,
    items: items.map((item) => rssItem(item, address.portalOrigin)),
  });
}
