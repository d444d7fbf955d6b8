import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import type { Topic } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { hideText, showText } from "../vault/index.ts";
import { type OutboxContent, outboxEvents, outboxMessages } from "./tables.ts";

export type Receiver = typeof subscriptions.$inferSelect;
export type DueEvent = Pick<typeof outboxEvents.$inferSelect, "eventId" | "phase">;

/** Makes the content of one message with these events for a receiver; undefined when nothing of them is left to tell. */
type Compose = (
  tx: Transaction,
  receiver: Receiver,
  events: readonly DueEvent[],
) => Promise<OutboxContent | undefined>;

/** How long a message is tried. */
export const giveUpAfterSeconds = 24 * 3600;

/**
 * Makes one message for each receiver of the topic with something due, with everything that is waiting for that receiver. Returns
 * how many it made. Safe to run in several processes at once.
 */
export async function packMessages(
  ctx: Context,
  { topic, limit, compose }: { topic: Topic; limit: number; compose: Compose },
): Promise<number> {
  return await work(ctx, async (tx) => {
    const due = sql`exists (select from ${outboxEvents} e where e.subscription_id = ${subscriptions.id}
      and e.message_id is null and e.due_at <= ${ctx.now})`;
    const receivers = await tx
      .select()
      .from(subscriptions)
      .where(and(eq(subscriptions.topic, topic), eq(subscriptions.state, "active"), due))
      .limit(limit)
      .for("update", { skipLocked: true });
    let made = 0;
    for (const receiver of receivers) {
      if (await pack(tx, receiver, compose, ctx.now)) made += 1;
    }
    return made;
  });
}

/** Returns whether a message was made. */
async function pack(tx: Transaction, receiver: Receiver, compose: Compose, now: Date): Promise<boolean> {
  const isWaiting = and(eq(outboxEvents.subscriptionId, receiver.id), isNull(outboxEvents.messageId));
  const rows = await tx.select().from(outboxEvents).where(isWaiting);
  // Another process that held the lock may have made the message: check again under the lock whether something is due.
  if (!rows.some(({ dueAt }) => dueAt <= now)) return false;
  const content = await compose(tx, receiver, rows);
  const messageId =
    content && (await putIntoOutbox(tx, { subscriptionId: receiver.id, purpose: "events", content }, now));
  // Only the events included in it: another process may have added more meanwhile.
  for (const [phase, events] of Map.groupBy(rows, (row) => row.phase)) {
    const ids = events.map(({ eventId }) => eventId);
    const carried = and(isWaiting, eq(outboxEvents.phase, phase), inArray(outboxEvents.eventId, ids));
    if (messageId === undefined) await tx.delete(outboxEvents).where(carried);
    else await tx.update(outboxEvents).set({ messageId }).where(carried);
  }
  if (messageId === undefined) return false;
  const isThis = eq(subscriptions.id, receiver.id);
  await tx.update(subscriptions).set({ lastPackedAt: now }).where(isThis);
  return true;
}

const earlierMost = 20;

/** The messages that told a receiver of these events, in this phase: what a later message refers to. */
export async function earlierMessages(
  tx: Transaction,
  subscriptionId: string,
  { eventIds, phase }: { eventIds: readonly string[]; phase: DueEvent["phase"] },
): Promise<string[]> {
  if (eventIds.length === 0) return [];
  const rows = await tx
    .selectDistinct({ id: outboxEvents.messageId })
    .from(outboxEvents)
    .where(
      and(
        eq(outboxEvents.subscriptionId, subscriptionId),
        eq(outboxEvents.phase, phase),
        inArray(outboxEvents.eventId, [...eventIds]),
      ),
    )
    .limit(earlierMost);
  return rows.flatMap(({ id }) => (id === null ? [] : [id]));
}

/** A message's content, encrypted: that of a confirmation holds a secret, that of a letter what somebody wrote. */
export const hideContent = (content: OutboxContent): OutboxContent => ({
  ...content,
  text: hideText(content.text),
  html: hideText(content.html),
  json: hideText(content.json),
});

/** A message's content, decrypted. */
export const showContent = (content: OutboxContent): OutboxContent => ({
  ...content,
  text: showText(content.text),
  html: showText(content.html),
  json: showText(content.json),
});

/** Puts a message into the outbox, from which workers send it, and returns its id. Content with a secret is stored encrypted. */
export async function putIntoOutbox(
  tx: Transaction,
  message: {
    subscriptionId: string;
    purpose: (typeof outboxMessages.$inferSelect)["purpose"];
    content: OutboxContent;
  },
  now: Date,
): Promise<string> {
  const id = newId();
  const giveUpAt = new Date(now.getTime() + giveUpAfterSeconds * 1000);
  const content = message.purpose === "confirmation" ? hideContent(message.content) : message.content;
  await tx
    .insert(outboxMessages)
    .values({ id, ...message, content, state: "waiting", createdAt: now, nextAttemptAt: now, giveUpAt });
  return id;
}

/** Takes back what a receiver has not been told yet: events without a message, and messages that wait. */
export async function dropWaiting(tx: Transaction, subscriptionId: string): Promise<void> {
  const isOf = eq(outboxEvents.subscriptionId, subscriptionId);
  await tx.delete(outboxEvents).where(and(isOf, isNull(outboxEvents.messageId)));
  await tx
    .update(outboxMessages)
    .set({ state: "cancelled" })
    .where(and(eq(outboxMessages.subscriptionId, subscriptionId), eq(outboxMessages.state, "waiting")));
}
