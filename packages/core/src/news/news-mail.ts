import { and, asc, eq, inArray, isNull, lte } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { addEvents, packMessages } from "../outbox/index.ts";
import { dailyTime, nextDanishTime } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { composeNewsMail } from "./compose-mail.ts";
import { newsArticles } from "./tables.ts";

/** What is older when a worker finds it is not mailed. */
const tooOldMilliseconds = 24 * 3_600_000;
const articlesAtOnce = 20;

/**
 * Writes a row into the outbox for each subscriber of each article that has become public, once for each article, whatever is
 * saved later. Returns how many rows it wrote; safe in several processes.
 */
export async function spreadNews(ctx: Context): Promise<number> {
  return await work(ctx, async (tx) => {
    const due = await tx
      .select()
      .from(newsArticles)
      .where(and(isNull(newsArticles.spreadAt), lte(newsArticles.publishAt, ctx.now)))
      .orderBy(asc(newsArticles.publishAt))
      .limit(articlesAtOnce)
      .for("update", { skipLocked: true });
    if (due.length === 0) return 0;
    const isActive = and(eq(subscriptions.topic, "news"), eq(subscriptions.state, "active"));
    const subscribers = await tx
      .select({ id: subscriptions.id, digest: subscriptions.digest })
      .from(subscriptions)
      .where(isActive);
    const tooOld = new Date(ctx.now.getTime() - tooOldMilliseconds);
    const told = due.filter(
      ({ isMailed, publishAt }) => isMailed && publishAt !== null && publishAt > tooOld,
    );
    const rows = told.flatMap(({ id: eventId }) =>
      subscribers.map(({ id: subscriptionId, digest }) => {
        const dueAt = digest === "daily" ? nextDanishTime(ctx.now, dailyTime) : ctx.now;
        return { eventId, subscriptionId, phase: "published" as const, dueAt };
      }),
    );
    await addEvents(tx, rows);
    const ids = due.map(({ id }) => id);
    await tx.update(newsArticles).set({ spreadAt: ctx.now }).where(inArray(newsArticles.id, ids));
    return rows.length;
  });
}

/** Makes one mail for each subscriber with something due; nothing of an article that was withdrawn meanwhile. Returns how many. */
export async function packNewsMails(
  ctx: Context,
  { portalOrigin: origin, limit }: { portalOrigin: string; limit: number },
): Promise<number> {
  return await packMessages(ctx, {
    ...{ topic: "news", limit },
    compose: async (tx, receiver, events) => {
      const ids = events.map(({ eventId }) => eventId);
      const articles = await tx
        .select()
        .from(newsArticles)
        .where(and(inArray(newsArticles.id, ids), lte(newsArticles.publishAt, ctx.now)))
        .orderBy(asc(newsArticles.publishAt));
      const told = articles.flatMap((row) => (row.publishAt ? [{ ...row, publishAt: row.publishAt }] : []));
      if (told.length === 0) return undefined;
      return composeNewsMail(told, { language: receiver.language ?? "da", origin });
    },
  });
}
