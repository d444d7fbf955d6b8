import { eq, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { AlertKind, AlertSeverity } from "./kinds.ts";
import { alertIncidents, alertMessages, alertSubscriptions } from "./tables.ts";

export type AlertFigures = {
  open: readonly { kind: AlertKind; severity: AlertSeverity; count: number }[];
  waiting: readonly { channel: "mail" | "webhook" | "feed"; count: number }[];
};

/** How many incidents are open and how many messages about them are waiting; for metrics, so without any identifier. */
export async function measureAlerts(ctx: Context): Promise<AlertFigures> {
  const count = sql<number>`count(*)::int`;
  const { kind, severity, state } = alertIncidents;
  const open = await ctx.db
    .select({ kind, severity, count })
    .from(alertIncidents)
    .where(eq(state, "open"))
    .groupBy(kind, severity);
  const { channel } = alertSubscriptions;
  const waiting = await ctx.db
    .select({ channel, count })
    .from(alertMessages)
    .innerJoin(alertSubscriptions, eq(alertSubscriptions.id, alertMessages.subscriptionId))
    .where(eq(alertMessages.state, "waiting"))
    .groupBy(channel);
  return { open, waiting };
}
