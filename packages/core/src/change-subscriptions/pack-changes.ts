import { and, asc, eq, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import { readChanges } from "../changes/index.ts";
import { asActor, type Context, inSnapshot, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { currentPosition, currentSequence, parsePosition, positionText } from "../journal/index.ts";
import { putIntoOutbox } from "../outbox/index.ts";
import { outboxMessages } from "../outbox/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { dayInDenmark } from "../validity/index.ts";
import { eventOfRefresh, eventsOfPage } from "./cloud-events.ts";
import { readRefresh } from "./read-refresh.ts";
import { type Place, wishesOf } from "./schemas.ts";
import { changeFollowers } from "./tables.ts";

const entriesAtOnce = 200;
/** After a refusal the same is sent again after so long, and longer after the next. */
const refusedSeconds = 300;

type Follower = {
  subscription: typeof subscriptions.$inferSelect;
  follower: typeof changeFollowers.$inferSelect;
};
/** What is sent next, and where the subscriber stands when it has arrived; without text there was nothing of its. */
type Next = { text?: string; place: Place };

/**
 * Records what arrived and makes the next message of each subscriber that has news, one at a time for each: entries first, and a
 * part of a refresh when there are none. Returns how many it made. Safe to run in several processes at once.
 */
export async function packChanges(
  ctx: Context,
  { source, limit }: { source: string; limit: number },
): Promise<number> {
  await settle(ctx);
  let made = 0;
  for (const { follower, subscription } of await waiting(ctx, limit)) {
    const next = await nextOf(ctx, { follower, subscription }, source);
    if (next && (await record(ctx, follower, next))) made += 1;
  }
  return made;
}

/**
 * Moves those on whose message arrived; the others stay where they are and are sent the same again. Who did not receive a message
 * in a day is suspended, as those are that refuse three in a row.
 */
async function settle(ctx: Context): Promise<void> {
  await work(ctx, async (tx) => {
    const ended = await tx
      .select({ follower: changeFollowers, message: outboxMessages })
      .from(subscriptions)
      .innerJoin(changeFollowers, eq(changeFollowers.subscriptionId, subscriptions.id))
      .innerJoin(outboxMessages, eq(outboxMessages.id, changeFollowers.messageId))
      .where(ne(outboxMessages.state, "waiting"))
      .for("update", { of: subscriptions, skipLocked: true });
    for (const { follower, message } of ended) await settleOne(tx, ctx.now, follower, message);
  });
}

async function settleOne(
  tx: Transaction,
  now: Date,
  { subscriptionId, placeAfter }: Follower["follower"],
  message: typeof outboxMessages.$inferSelect,
): Promise<void> {
  const isThis = eq(changeFollowers.subscriptionId, subscriptionId);
  const { state, lastError } = message;
  if (
    state === "failed" &&
    message.doneAt &&
    now.getTime() - message.doneAt.getTime() < refusedSeconds * 1000
  )
    return;
  const end = { messageId: null, placeAfter: null };
  if (state === "sent" && placeAfter)
    await tx
      .update(changeFollowers)
      .set({ ...end, ...standing(placeAfter), lastError: null })
      .where(isThis);
  else
    await tx
      .update(changeFollowers)
      .set({ ...end, lastError })
      .where(isThis);
  if (state === "expired")
    await tx
      .update(subscriptions)
      .set({ state: "suspended" })
      .where(and(eq(subscriptions.id, subscriptionId), eq(subscriptions.state, "active")));
  // It has told what it had to; its content would be kept for a year.
  await tx.delete(outboxMessages).where(eq(outboxMessages.id, message.id));
}

/** The columns that say where a subscriber stands. */
export const standing = (place: Place): { place: Place; sequence: number } => ({
  place,
  sequence: parsePosition(place.told)?.sequence ?? 0,
});

async function waiting(ctx: Context, limit: number): Promise<Follower[]> {
  const head = await currentSequence(ctx.db);
  const hasNews = or(
    lt(changeFollowers.sequence, head),
    sql`${changeFollowers.place} ->> 'refresh' is not null`,
  );
  return await ctx.db
    .select({ subscription: subscriptions, follower: changeFollowers })
    .from(changeFollowers)
    .innerJoin(subscriptions, eq(subscriptions.id, changeFollowers.subscriptionId))
    .where(
      and(
        eq(subscriptions.state, "active"),
        isNotNull(subscriptions.address),
        isNull(changeFollowers.messageId),
        hasNews,
      ),
    )
    .orderBy(asc(changeFollowers.packedAt))
    .limit(limit);
}

/** What everybody may see is what is sent: a webhook's address says nothing of who reads it. */
async function nextOf(
  ctx: Context,
  { follower, subscription }: Follower,
  source: string,
): Promise<Next | undefined> {
  const { told, refresh } = follower.place;
  const wishes = wishesOf(subscription);
  const { entity, subtreeOf, rows: withRows } = wishes;
  const question = { after: told, entity, subtreeOf, withRows, limit: entriesAtOnce };
  const page = await readChanges(asActor(ctx, { kind: "anonymous" }), question);
  const events = eventsOfPage(page, { source, at: ctx.now });
  const place = { told: page.next, refresh };
  if (events.length > 0) return { text: JSON.stringify(events), place };
  if (!refresh || !page.isEnd) return { place };
  return await inSnapshot(ctx, async (tx) => {
    // Entries made meanwhile come first: a part of a refresh tells of no later state than the feed.
    if (positionText(await currentPosition(tx)) !== page.next) return undefined;
    const part = await readRefresh(tx, { refresh, wishes, day: dayInDenmark(ctx.now) });
    const about = { id: refresh.id, part: `${refresh.stage}-${refresh.after}`, isLast: part.next === null };
    const event = eventOfRefresh(
      { rows: part.rows, told: page.next, refresh: about },
      { source, at: ctx.now },
    );
    return { text: JSON.stringify([event]), place: { told: page.next, refresh: part.next } };
  });
}

/** Whether a message was made: not when another program was first, or the subscriber was moved meanwhile. */
async function record(ctx: Context, read: Follower["follower"], next: Next): Promise<boolean> {
  return await work(ctx, async (tx) => {
    const { subscriptionId } = read;
    const [subscription] = await tx
      .select()
      .from(subscriptions)
      .where(and(eq(subscriptions.id, subscriptionId), eq(subscriptions.state, "active")))
      .for("update", { skipLocked: true });
    const isThis = eq(changeFollowers.subscriptionId, subscriptionId);
    const [now] = await tx.select().from(changeFollowers).where(isThis);
    const isSame = now?.messageId === null && JSON.stringify(now.place) === JSON.stringify(read.place);
    if (!subscription || !isSame) return false;
    if (next.text === undefined) {
      await tx.update(changeFollowers).set(standing(next.place)).where(isThis);
      return false;
    }
    const content = { subject: "changes", text: "", html: "", json: next.text, references: [] };
    const messageId = await putIntoOutbox(tx, { subscriptionId, purpose: "events", content }, ctx.now);
    await tx
      .update(changeFollowers)
      .set({ messageId, placeAfter: next.place, packedAt: ctx.now })
      .where(isThis);
    return true;
  });
}
