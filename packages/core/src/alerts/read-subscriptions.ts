import { and, asc, desc, eq, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { etagOf } from "../etag.ts";
import { outboxMessages } from "../outbox/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { alertOwners } from "./alert-owners.ts";
import { type AlertMessageView, type AlertSubscriptionView, alertWishes } from "./schemas.ts";

/** SQL: whether a subscription is to alerts. */
export const isOfAlerts = eq(subscriptions.topic, "alerts");

export type SubscriptionRow = typeof subscriptions.$inferSelect;

/** The view of a receiver, without secrets. */
export function subscriptionView(row: SubscriptionRow): AlertSubscriptionView {
  const { id, supplierId, channel, address, name, digest, quietFrom, quietTo, state } = row;
  const { kinds, leastSeverity, endpointIds } = alertWishes(row);
  const shown = {
    id,
    supplierId,
    channel,
    address,
    name,
    kinds,
    leastSeverity,
    endpointIds,
    digest,
    quietFrom,
    quietTo,
    state,
  };
  return {
    ...shown,
    createdAt: row.createdAt.toISOString(),
    lastSentAt: row.lastSentAt?.toISOString() ?? null,
    etag: etagOf(shown),
  };
}

/** The receivers that the actor may see. */
export async function listAlertSubscriptions(ctx: Context): Promise<AlertSubscriptionView[]> {
  const owners = alertOwners(ctx);
  const rows = await ctx.db
    .select()
    .from(subscriptions)
    .where(and(isOfAlerts, owners === "all" ? undefined : inArray(subscriptions.supplierId, [...owners])))
    .orderBy(asc(subscriptions.name), asc(subscriptions.id))
    .limit(1000);
  return rows.map(subscriptionView);
}

/** One receiver; `not-found` also when it is another's. */
export async function getAlertSubscription(
  ctx: Context,
  input: { id: string },
): Promise<AlertSubscriptionView> {
  const owners = alertOwners(ctx);
  const [row] = await ctx.db
    .select()
    .from(subscriptions)
    .where(and(isOfAlerts, eq(subscriptions.id, input.id)));
  const isOwn = row && (owners === "all" || (row.supplierId !== null && owners.includes(row.supplierId)));
  if (!isOwn) throw new DomainError("not-found", "no-such-alert-receiver");
  return subscriptionView(row);
}

/** The messages to a receiver and their outcomes; the latest first. */
export async function listAlertMessages(
  ctx: Context,
  input: { id: string; limit?: number | undefined },
): Promise<AlertMessageView[]> {
  const { id: subscriptionId } = await getAlertSubscription(ctx, input);
  const rows = await ctx.db
    .select()
    .from(outboxMessages)
    .where(eq(outboxMessages.subscriptionId, subscriptionId))
    .orderBy(desc(outboxMessages.createdAt), desc(outboxMessages.id))
    .limit(input.limit ?? 100);
  return rows.map((row) => ({
    id: row.id,
    purpose: row.purpose === "events" ? "incidents" : row.purpose,
    state: row.state,
    subject: row.content.subject,
    createdAt: row.createdAt.toISOString(),
    attempts: row.attempts,
    nextAttemptAt: row.state === "waiting" ? row.nextAttemptAt.toISOString() : null,
    doneAt: row.doneAt?.toISOString() ?? null,
    lastError: row.lastError,
  }));
}
