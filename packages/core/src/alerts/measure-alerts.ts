import { eq, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { outboxMessages } from "../outbox/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import type { AlertKind, AlertSeverity } from "./kinds.ts";
import { alertIncidents } from "./tables.ts";

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
  const { channel } = subscriptions;
  const waiting = await ctx.db
    .select({ channel, count })
    .from(outboxMessages)
    .innerJoin(subscriptions, eq(subscriptions.id, outboxMessages.subscriptionId))
    .where(eq(outboxMessages.state, "waiting"))
    .groupBy(channel);
  return { open, waiting };
}
