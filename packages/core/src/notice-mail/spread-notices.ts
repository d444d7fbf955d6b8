import { and, eq, gt, isNull, lte, ne } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { addEvents } from "../outbox/index.ts";
import { outboxEvents } from "../outbox/tables.ts";
import { closingStates, type NoticeKind } from "../status/index.ts";
import { noticeServices, notices, noticeUpdates } from "../status/tables.ts";
import { dailyTime, nextDanishTime } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { noticeWishes } from "./schemas.ts";

type Subscriber = typeof subscriptions.$inferSelect;
type About = { kind: NoticeKind; services: readonly string[] };

const hourMilliseconds = 3_600_000;
/** What is older when a worker finds it is not mailed: it would mislead. */
const tooOldHours = 24;
const updatesAtOnce = 20;
/** How long before a window its subscribers are reminded. */
const remindHours = 24;

/** Whether somebody who chose these services and kinds is told of a notice: one service in common is enough. */
function isMeantFor(subscriber: { wishes: unknown }, { kind, services }: About): boolean {
  const wishes = noticeWishes(subscriber);
  if (!wishes.kinds.includes(kind)) return false;
  return wishes.services === "all" || services.some((id) => wishes.services.includes(id));
}

/**
 * Writes a row into the outbox for each subscriber of each new update, and notes that it was done, in one transaction. Whoever was
 * told of a notice is told of its end, whatever the choice by then. Returns how many rows it wrote; safe in several processes.
 */
export async function spreadNotices(ctx: Context): Promise<number> {
  return await work(ctx, async (tx) => {
    const updates = await tx
      .select({ update: noticeUpdates, notice: notices })
      .from(noticeUpdates)
      .innerJoin(notices, eq(notices.id, noticeUpdates.noticeId))
      .where(and(isNull(noticeUpdates.spreadAt), lte(noticeUpdates.publishedAt, ctx.now)))
      .orderBy(noticeUpdates.publishedAt, noticeUpdates.number)
      .limit(updatesAtOnce)
      .for("update", { of: noticeUpdates, skipLocked: true });
    if (updates.length === 0) return 0;
    const subscribers = await activeSubscribers(tx);
    const tooOld = new Date(ctx.now.getTime() - tooOldHours * hourMilliseconds);
    let written = 0;
    for (const { update, notice } of updates) {
      if (update.publishedAt > tooOld) {
        const receivers = await receiversOf(tx, subscribers, { update, notice });
        const isUrgent = notice.kind === "incident" && notice.priority === 1;
        const event = { eventId: update.id, phase: "published" as const, isUrgent };
        written += await write(tx, receivers, event, ctx.now);
      }
      await tx.update(noticeUpdates).set({ spreadAt: ctx.now }).where(eq(noticeUpdates.id, update.id));
    }
    return written;
  });
}

async function activeSubscribers(tx: Transaction): Promise<Subscriber[]> {
  const isActive = and(eq(subscriptions.topic, "notices"), eq(subscriptions.state, "active"));
  return await tx.select().from(subscriptions).where(isActive);
}

async function servicesOf(tx: Transaction, noticeId: string): Promise<string[]> {
  const rows = await tx.select().from(noticeServices).where(eq(noticeServices.noticeId, noticeId));
  return rows.map(({ serviceId }) => serviceId);
}

async function receiversOf(
  tx: Transaction,
  subscribers: readonly Subscriber[],
  { update, notice }: { update: typeof noticeUpdates.$inferSelect; notice: typeof notices.$inferSelect },
): Promise<Subscriber[]> {
  const about = { kind: notice.kind, services: await servicesOf(tx, notice.id) };
  const knowing = closingStates.has(update.state) ? await whoKnows(tx, notice.id) : new Set<string>();
  return subscribers.filter(
    (subscriber) => knowing.has(subscriber.id) || (update.isSent && isMeantFor(subscriber, about)),
  );
}

async function whoKnows(tx: Transaction, noticeId: string): Promise<Set<string>> {
  const rows = await tx
    .selectDistinct({ id: outboxEvents.subscriptionId })
    .from(outboxEvents)
    .innerJoin(noticeUpdates, eq(noticeUpdates.id, outboxEvents.eventId))
    .where(eq(noticeUpdates.noticeId, noticeId));
  return new Set(rows.map(({ id }) => id));
}

/** A subscriber who wants one mail a day gets it at 07:00, but is told at once that a critical service is down. */
async function write(
  tx: Transaction,
  receivers: readonly Subscriber[],
  { eventId, phase, isUrgent }: { eventId: string; phase: "published" | "reminder"; isUrgent: boolean },
  now: Date,
): Promise<number> {
  const rows = receivers.map(({ id: subscriptionId, digest }) => {
    const waits = digest === "daily" && !isUrgent;
    return { eventId, subscriptionId, phase, dueAt: waits ? nextDanishTime(now, dailyTime) : now };
  });
  await addEvents(tx, rows);
  return rows.length;
}

/**
 * Reminds subscribers of windows that begin within a day, once for each time they are planned at; not of those that were announced
 * that late. Returns how many rows it wrote.
 */
export async function remindOfWindows(ctx: Context): Promise<number> {
  return await work(ctx, async (tx) => {
    const soon = new Date(ctx.now.getTime() + remindHours * hourMilliseconds);
    const coming = await tx
      .select()
      .from(notices)
      .where(
        and(
          eq(notices.kind, "window"),
          isNull(notices.closedAt),
          isNull(notices.remindedAt),
          gt(notices.plannedStart, ctx.now),
          lte(notices.plannedStart, soon),
        ),
      )
      .for("update", { skipLocked: true });
    let written = 0;
    for (const notice of coming) {
      written += await remind(tx, notice, ctx.now);
      await tx.update(notices).set({ remindedAt: ctx.now }).where(eq(notices.id, notice.id));
    }
    return written;
  });
}

async function remind(tx: Transaction, notice: typeof notices.$inferSelect, now: Date): Promise<number> {
  const updates = await tx
    .select()
    .from(noticeUpdates)
    .where(and(eq(noticeUpdates.noticeId, notice.id), ne(noticeUpdates.state, "cancelled")))
    .orderBy(noticeUpdates.number);
  const latest = updates.at(-1);
  const startsAt = notice.plannedStart?.getTime() ?? 0;
  const isLateNews = !latest || latest.publishedAt.getTime() > startsAt - remindHours * hourMilliseconds;
  if (isLateNews) return 0;
  const about = { kind: notice.kind, services: await servicesOf(tx, notice.id) };
  const receivers = (await activeSubscribers(tx)).filter((one) => isMeantFor(one, about));
  return await write(tx, receivers, { eventId: latest.id, phase: "reminder", isUrgent: true }, now);
}
