import { and, eq, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { type DueEvent, earlierMessages, packMessages } from "../outbox/index.ts";
import { noticeServices, notices, noticeUpdates, services } from "../status/tables.ts";
import { composeNoticeMail, type ToldUpdate } from "./compose-mail.ts";

/**
 * Makes one mail for each subscriber with something due, with everything that is waiting for that subscriber. Returns how many it
 * made. Safe to run in several processes at once.
 */
export async function packNoticeMails(
  ctx: Context,
  { portalOrigin: origin, limit }: { portalOrigin: string; limit: number },
): Promise<number> {
  // Most receivers are to be told the same: what it says is read once.
  const read = new Map<string, Promise<ToldUpdate[]>>();
  const updatesOnce = (tx: Transaction, events: readonly DueEvent[]) => {
    const key = events
      .map(({ eventId, phase }) => `${eventId} ${phase}`)
      .sort()
      .join();
    const updates = read.get(key) ?? updatesOf(tx, events);
    read.set(key, updates);
    return updates;
  };
  return await packMessages(ctx, {
    ...{ topic: "notices", limit },
    compose: async (tx, receiver, events) => {
      const updates = await updatesOnce(tx, events);
      const [first] = updates;
      if (!first) return undefined;
      const isAlone = updates.every(({ noticeId }) => noticeId === first.noticeId);
      const references = isAlone ? await threadOf(tx, receiver.id, first.noticeId) : [];
      return composeNoticeMail({ updates, language: receiver.language ?? "da", origin, references });
    },
  });
}

async function updatesOf(tx: Transaction, events: readonly DueEvent[]): Promise<ToldUpdate[]> {
  const reminders = new Set(events.filter(({ phase }) => phase === "reminder").map(({ eventId }) => eventId));
  const ids = [...new Set(events.map(({ eventId }) => eventId))];
  const rows = await tx
    .select({ update: noticeUpdates, notice: notices })
    .from(noticeUpdates)
    .innerJoin(notices, eq(notices.id, noticeUpdates.noticeId))
    .where(inArray(noticeUpdates.id, ids))
    .orderBy(noticeUpdates.publishedAt, noticeUpdates.number);
  const named = await tx
    .select({ noticeId: noticeServices.noticeId, nameDa: services.nameDa, nameEn: services.nameEn })
    .from(noticeServices)
    .innerJoin(services, eq(services.id, noticeServices.serviceId))
    .where(inArray(noticeServices.noticeId, [...new Set(rows.map(({ notice }) => notice.id))]))
    .orderBy(services.position);
  return rows.map(({ update, notice }) => ({
    noticeId: notice.id,
    number: update.number,
    title: notice.title,
    state: update.state,
    text: update.text,
    plannedStart: notice.plannedStart,
    plannedEnd: notice.plannedEnd,
    publishedAt: update.publishedAt,
    isReminder: reminders.has(update.id),
    services: named.filter(({ noticeId }) => noticeId === notice.id),
  }));
}

/** What a mail about one notice refers to: the notice itself, and the earlier mails about it to the same subscriber. */
async function threadOf(tx: Transaction, subscriptionId: string, noticeId: string): Promise<string[]> {
  const updates = await tx
    .select({ id: noticeUpdates.id })
    .from(noticeUpdates)
    .where(and(eq(noticeUpdates.noticeId, noticeId)));
  const eventIds = updates.map(({ id }) => id);
  const earlier = await earlierMessages(tx, subscriptionId, { eventIds, phase: "published" });
  return [noticeId, ...earlier];
}
